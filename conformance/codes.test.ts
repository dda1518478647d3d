import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CAPABILITIES } from '#protocol/capabilities.ts'
import { ERROR_CODES } from '#protocol/core/errors.ts'
import NOT_PROVOKED from './codes-not-provoked.json'

const ROOT = import.meta.dirname

/** Text of every case and every vector. */
const textOf = (folder: string): string =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.test)\.(?:ts|json)$/.test(name))
    .map((name) => readFileSync(join(ROOT, folder, name), 'utf8'))
    .join('\n')

/** Codes that something built may answer with; those of modules to come are nobody's yet. */
const owned = Object.entries(ERROR_CODES).filter(([, owner]) => owner === 'core' || owner === 'shared')
const declared = [...CAPABILITIES.values()].flatMap(({ errors }) => errors)
const built = [...new Set<string>([...owned.map(([code]) => code), ...declared])]

describe('every error code of what is built', () => {
  const cases = textOf('suites')
  const vectors = textOf('vectors')
  const isProvoked = (code: string): boolean => cases.includes(`'${code}'`) || vectors.includes(`"error":"${code}"`)
  const reasons = new Map<string, string>(Object.entries(NOT_PROVOKED))

  it.each(built)('%s is expected by a case or a vector, or there is a reason why none can', (code) => {
    expect(isProvoked(code), code).toBe(!reasons.has(code))
    if (reasons.has(code)) expect(reasons.get(code)?.length).toBeGreaterThan(20)
  })

  it('has its reason only while it is needed', () => {
    for (const code of reasons.keys()) expect(built, code).toContain(code)
  })
})
