import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { CAPABILITIES } from '#protocol/capabilities.ts'
import { generatedIn, protocolFiles } from './files.ts'
import type { Requirement } from './requirements.ts'

const protocol = join(import.meta.dirname, '../../../protocol')
let files: Map<string, string>
beforeAll(async () => {
  files = await protocolFiles(protocol)
})

// what follows the suite is looked at by itself: a new case changes it
const FOLLOWS_THE_SUITE = /^generated\/requirements\./

const onDisk = (path: string): Promise<string> => readFile(join(protocol, path), 'utf8').catch(() => '')

describe('what is generated in protocol/', () => {
  it('is what the contracts give: else run `node scripts/make-protocol.mjs` (BUS-1)', async () => {
    const stale: string[] = []
    for (const [path, text] of files) {
      if (!FOLLOWS_THE_SUITE.test(path) && (await onDisk(path)) !== text) stale.push(path)
    }
    expect(stale).toEqual([])
  })

  it('has every constant of the index and every capability in its tables', async () => {
    const constants = files.get('generated/constants.md') ?? ''
    for (const name of ['BUS_STREAM_WINDOW', 'EVENT_MAX_BYTES', 'EVIDENCE_MAX_PROVENANCE_DEPTH', 'SYNC_BATCH_EVENTS']) {
      expect(constants).toContain(`\`${name}\``)
    }
    for (const name of CAPABILITIES.keys()) expect(files.get('generated/capabilities.md')).toContain(`\`${name}\``)
  })

  it('is all there is in protocol/generated', async () => {
    for (const path of await generatedIn(protocol)) expect(files.has(path), path).toBe(true)
  })

  it('has a case of the suite for every rule, or a reason in conformance/not-testable.json', () => {
    const map: readonly Requirement[] = JSON.parse(files.get('generated/requirements.json') ?? '[]')
    expect(map.length).toBeGreaterThan(60)
    expect(map.filter(({ state }) => state === 'missing').map(({ rule }) => rule)).toEqual([])
  })

  it('maps rules to the cases there are: else run `node scripts/make-protocol.mjs`', async () => {
    for (const [path, text] of files) if (FOLLOWS_THE_SUITE.test(path)) expect(await onDisk(path), path).toBe(text)
  })
})
