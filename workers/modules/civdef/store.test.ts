import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Ack, Alert } from '#protocol/civdef/alert.ts'
import {
  alertAcked,
  alertCancelled,
  alertPublished,
  roleRegistered,
  roleRevoked,
  rootChanged,
} from '#protocol/civdef/events.ts'
import { canonical } from '#protocol/core/canonical.ts'
import { utf8 } from '#protocol/core/encoding.ts'
import { hashOf } from '#protocol/core/hash.ts'
import type { EventDefinition } from '#protocol/core/module.ts'
import type { VerifiedEvent } from '../../kernel/log/verify.ts'
import { createView, type ViewDefinition } from '../../kernel/views.ts'
import { boardOf } from './ack.ts'
import { acksView, alertsView, certificatesView, rootsView } from './store.ts'
import { at, type Brigade, createBrigade, NOW } from './testing/brigade.ts'

const NO_SIGNATURE = `ed25519:${'A'.repeat(86)}`

function eventsOf(said: readonly (readonly [EventDefinition, string, unknown])[]): VerifiedEvent[] {
  return said.map(([type, author, data], index) => {
    // the log would have checked it; here only its place in the order matters
    const event = {
      ...{ schema_version: 1, event_id: String(index).padStart(26, '0'), lamport: 1 + (index >> 1), wall_clock: at(0) },
      ...{ community_id: author, author, prev: null, event_type: type.type, data, signature: NO_SIGNATURE },
    } as unknown as VerifiedEvent['event']
    const text = canonical(event)
    return { cid: hashOf(utf8(text)), event, text }
  })
}

async function incident(b: Brigade): Promise<VerifiedEvent[]> {
  const alert = await b.alert()
  const twin = await b.alert({ title: 'Dieselbe Nummer' }, b.stranger)
  const cancellation = (reason: string) => ({
    cancellation: {
      ...{ alert_id: alert.alert_id, cancelled_by: b.kreis.nodeId, canceller_cert: b.kreisCert.cert_id },
      ...{ cancelled_at: at(0), reason, all_clear: true, signature: NO_SIGNATURE },
    },
  })
  const ack = (status: string, by: string, seconds: number) => ({
    ack: { alert_id: alert.alert_id, status, acked_by: by, acked_at: `2026-05-26T08:00:${seconds}Z`, signature: NO_SIGNATURE },
  })
  return eventsOf([
    [roleRegistered, b.wehr.nodeId, { certificate: b.zugCert, chain: [b.wehrCert, b.kreisCert] }],
    [roleRegistered, b.kreis.nodeId, { certificate: b.wehrCert, chain: [b.kreisCert] }],
    [roleRevoked, b.kreis.nodeId, { revocation: await b.revoke(b.kreis, b.wehrCert.cert_id, b.kreisCert.cert_id) }],
    [roleRevoked, b.stranger.nodeId, { revocation: await b.revoke(b.stranger, b.wehrCert.cert_id, null) }],
    [rootChanged, b.land.nodeId, { root: b.land.nodeId, name: 'Land', region: 'DE.NRW' }],
    [rootChanged, b.land.nodeId, { root: b.land.nodeId, name: null, region: 'DE.NRW' }],
    [alertPublished, b.wehr.nodeId, { alert }],
    [alertPublished, b.stranger.nodeId, { alert: twin }],
    [alertCancelled, b.kreis.nodeId, cancellation('eins')],
    [alertCancelled, b.kreis.nodeId, cancellation('zwei')],
    [alertAcked, b.zug.nodeId, ack('received', b.zug.nodeId, 10)],
    [alertAcked, b.zug.nodeId, ack('acting', b.zug.nodeId, 20)],
  ])
}

describe('the views of civil defence', () => {
  it('are the same for whatever order of arrival, in whatever batches, duplicate ids and all (EVT-3)', async () => {
    const events = await incident(await createBrigade())
    const rowsOf = <Item, Row>(
      definition: ViewDefinition<Item, Row>,
      batches: readonly (readonly VerifiedEvent[])[],
    ): string => {
      const view = createView(definition)
      const types = new Set(definition.events.map(({ type }) => type))
      for (const batch of batches)
        view.apply(
          batch.filter(({ event }) => types.has(event.event_type)),
          [],
        )
      return canonical([...view.rows()].map((row) => JSON.stringify(row)).sort())
    }
    const all = (batches: readonly (readonly VerifiedEvent[])[]): string[] => [
      rowsOf(certificatesView, batches),
      rowsOf(rootsView, batches),
      rowsOf(alertsView, batches),
      rowsOf(acksView, batches),
    ]
    const expected = all([events])
    expect(expected[2]).toContain('Dieselbe Nummer')
    const shuffled = fc.shuffledSubarray(events, { minLength: events.length })
    fc.assert(
      fc.property(shuffled, fc.nat(events.length), (order, cut) => {
        expect(all([order.slice(0, cut), order.slice(cut)])).toEqual(expected)
      }),
      { numRuns: 100 },
    )
  })
})

describe('the board of answers', () => {
  const board = (alert: Alert, acks: readonly (readonly [by: string, status: string, second: number])[], b: Brigade) =>
    boardOf({
      alert,
      holding: [],
      heard: acks.map(([by, status, second], n) => {
        const acked_at = new Date(NOW + second * 1000).toISOString()
        const ack = { alert_id: alert.alert_id, status, acked_by: by, acked_at, signature: NO_SIGNATURE } as Ack
        return { ack, cid: hashOf(utf8(String(n))) }
      }),
      nameOf: (id) => (id === b.zug.nodeId ? 'Zug' : ''),
      roleOf: ({ acked_by }) => (acked_by === b.zug.nodeId ? b.zugCert.role : null),
      holders: [
        { nodeId: b.zug.nodeId, role: b.zugCert.role },
        { nodeId: b.kreis.nodeId, role: b.zugCert.role },
      ],
      now: NOW + 600_000,
    })

  it('has the newest of each person, who is waited for, and how long it took (CIV-11)', async () => {
    const b = await createBrigade()
    const alert = await b.alert()
    const acks = [
      [b.zug.nodeId, 'received', 30],
      [b.wehr.nodeId, 'acting', 90],
      [b.zug.nodeId, 'need_help', 200],
    ] as const
    expect(board(alert, acks, b)).toMatchObject({
      counts: { received: 0, acting: 1, need_help: 1 },
      acks: [{ display_name: 'Zug', role: b.zugCert.role }, { role: null }],
      by_role: [{ acked: [b.zug.nodeId], waiting: [b.kreis.nodeId] }],
      holding: 2,
      first_after_seconds: 30,
      median_after_seconds: 60,
    })
  })

  it('is empty before anyone answered, and no clock makes an answer come before its question', async () => {
    const b = await createBrigade()
    const alert = await b.alert()
    expect(board(alert, [], b)).toMatchObject({ acks: [], first_after_seconds: null, median_after_seconds: null })
    expect(board(alert, [[b.zug.nodeId, 'received', -500]], b).first_after_seconds).toBe(0)
  })

  it('does not count what one node sends beyond five a minute (CIV-11)', async () => {
    const b = await createBrigade()
    const flood = Array.from({ length: 50 }, (_, n) => [b.zug.nodeId, n < 5 ? 'acting' : 'mistaken', n] as const)
    expect(board(await b.alert(), flood, b).counts).toMatchObject({ acting: 1, mistaken: 0 })
  })
})
