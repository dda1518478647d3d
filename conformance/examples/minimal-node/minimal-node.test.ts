import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ALL_CASES, inSections } from '../../harness/registry.ts'
import { runCases } from '../../harness/run.ts'
import type { Target } from '../../harness/target.ts'
import { readInvite } from '../../targets/invites.ts'

let child: ChildProcess
let said = ''

/** What the node prints when it is up: a word and a value in each line. */
function printed(word: string): string {
  return said.match(new RegExp(`^${word}\\s+(\\S+)$`, 'm'))?.[1] ?? ''
}

beforeAll(async () => {
  child = spawn(process.execPath, [join(import.meta.dirname, 'main.mjs'), '--port', '0'])
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)))
    child.stderr?.on('data', (chunk) => {
      said += String(chunk)
    })
    child.stdout?.on('data', (chunk) => {
      said += String(chunk)
      if (printed('trusted')) resolve()
    })
  })
})
afterAll(() => child.kill())

const target = (): Target => ({
  kind: 'http',
  features: new Set(['call']),
  nodeId: printed('node'),
  community: printed('node'),
  invite: async (level) => readInvite(printed(level)),
  connect: async () => Promise.reject(new Error('there are no connections over HTTP')),
  async post(body) {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(new URL('bus/v1/call', printed('url')), { method: 'POST', headers, body }).catch(() => null)
    return response === null ? null : await response.json()
  },
  seat: null,
  codec: null,
  problems: () => [],
  stop: async () => {},
})

describe('a second node, made from the documents alone', () => {
  it('passes every case of core that a call over HTTP can run', async () => {
    const results = await runCases(target(), inSections(ALL_CASES, ['core']), { seed: 0xc0ffee, lanes: 4, recipe: '' })
    const failed = results.filter(({ state }) => state === 'failed')
    expect(failed.map(({ id, expected, observed }) => `${id}: expected ${expected}, observed ${observed}`)).toEqual([])
    expect(results.filter(({ state }) => state === 'passed').length).toBeGreaterThan(20)
  })
})
