import { describe, expect, it } from 'vitest'
import type { ContentId, NodeId } from '#protocol/core/ids.ts'
import { type Entry, implementationsOf } from './implementation-groups.ts'

let next = 0
const entry = (change: Partial<Entry> = {}): Entry => ({
  node_id: `ed25519:${String(next++).padStart(43, 'A')}` as NodeId, // of the right form
  name: 'Nest',
  vendor: 'Vogelfreunde',
  version: '0.1',
  protocol_versions: ['3.0.0'],
  homepage: '',
  contact: '',
  capabilities: 3,
  issued_at: '2026-05-26T08:00:00Z',
  heard_at: '2026-05-26T08:00:00Z',
  from: 'peer',
  descriptor_hash: `blake3:${'0'.repeat(64)}` as ContentId,
  negotiated: null,
  conformance: null,
  ...change,
})

describe('known programs', () => {
  it('are one for each vendor, name and version, with its devices counted (PRO-7)', () => {
    const groups = implementationsOf([entry(), entry(), entry({ vendor: 'Andere' }), entry({ version: '0.2' })])
    expect(groups.map(({ newest, devices }) => [newest.vendor, newest.version, devices])).toEqual([
      ['Vogelfreunde', '0.1', 2],
      ['Andere', '0.1', 1],
      ['Vogelfreunde', '0.2', 1],
    ])
  })

  it('are vouched for as soon as one member says so, and show the newest test of any device', () => {
    const old = { suite_version: '1.0.0', overall: 'fail' as const, ended_at: '2026-05-01T08:00:00Z' }
    const fresh = { ...old, overall: 'pass' as const, ended_at: '2026-06-01T08:00:00Z' }
    for (const entries of [
      [entry({ conformance: old }), entry({ from: 'member', conformance: fresh }), entry()],
      [entry({ from: 'member', conformance: fresh }), entry(), entry({ conformance: old })],
    ]) {
      expect(implementationsOf(entries)).toMatchObject([{ devices: 3, vouched: true, ran: fresh }])
    }
    expect(implementationsOf([entry()])).toMatchObject([{ vouched: false, ran: null }])
  })
})
