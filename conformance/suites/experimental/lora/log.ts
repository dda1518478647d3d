import { type Json, wireTime } from '../../../client/encoding.ts'
import type { Peer, SignedEvent } from '../../../client/peer.ts'
import { anchorOf } from '../../../client/radio.ts'
import { type Case, ensure, member } from '../../../harness/case.ts'

const STATUS = 'experimental.lora.status'
const needs = ['wire', 'sync'] as const

const refused = (id: string, title: string, make: (peer: Peer) => SignedEvent): Case => ({
  id,
  title,
  needs,
  capability: STATUS,
  async run({ peer }) {
    const author = await peer('member')
    ensure(!(await author.gives(make(author))), 'refused', 'taken')
  },
})

const called = (change: { readonly [name: string]: Json } = {}): Json => ({
  at: wireTime(Date.now()),
  sequence: 3,
  ...change,
})

/** What a member's status shows of somebody's call for help. */
function shownOf(status: Json, nodeId: string): Json | undefined {
  const panics = member(status, 'panics')
  return Array.isArray(panics) ? panics.find((panic: Json) => member(panic, 'node_id') === nodeId) : undefined
}

/** Anchors and calls for help as the log carries them. */
export const cases: readonly Case[] = [
  {
    id: 'LOR-8.anchor',
    title: 'An anchor of a member is taken and passed on',
    needs,
    capability: STATUS,
    async run({ fresh }) {
      const author = await fresh('member')
      ensure(await author.gives(anchorOf(author)), 'taken', 'refused')
    },
  },
  refused('LOR-8.not-midnight', 'A chain that begins a second after midnight is refused', (peer) =>
    anchorOf(peer, { starts_at: 1_779_753_601 }),
  ),
  refused('LOR-8.days', 'A chain of another length is refused', (peer) => anchorOf(peer, { days: 365 })),
  refused('LOR-8.interval', 'A chain with other intervals is refused', (peer) => anchorOf(peer, { interval_seconds: 600 })),
  refused('LOR-8.short-commitments', 'Commitments for less than 366 days are refused', (peer) =>
    anchorOf(peer, { keys: 'A'.repeat(5367) }),
  ),
  refused('LOR-8.padded-commitments', 'Commitments with padding are refused', (peer) =>
    anchorOf(peer, { panics: `${'A'.repeat(5367)}=` }),
  ),
  refused('LOR-8.no-panics', 'An anchor without panic tokens is refused', (peer) => anchorOf(peer, { panics: undefined })),
  refused('LOR-8.unknown-field', 'An anchor with a field nobody defined is refused', (peer) => anchorOf(peer, { salt: 'x' })),
  refused('LOR-8.for-another', 'An anchor in the name of somebody else is refused', (peer) =>
    anchorOf(peer, {}, { author: peer.target.nodeId }),
  ),
  refused('LOR-8.changed', 'An anchor that was changed after it was signed is refused', (peer) => {
    const event = anchorOf(peer)
    return { ...event, data: { ...(event.data as object), starts_at: 1_779_753_600 } as Json }
  }),
  refused('LOR-4.count', 'A call for help with a count over 16 bits is refused', (peer) =>
    peer.event('lora.panic.sent', called({ sequence: 65_536 })),
  ),
  refused('LOR-4.time', 'A call for help from no time at all is refused', (peer) =>
    peer.event('lora.panic.sent', called({ at: 'now' })),
  ),
  refused('LOR-4.place', 'A call for help that says more than it may is refused', (peer) =>
    peer.event('lora.panic.sent', called({ geo: '51.5,6.4' })),
  ),
  refused('LOR-4.for-another', 'A call for help in the name of somebody else is refused', (peer) =>
    peer.event('lora.panic.sent', called(), { author: peer.target.nodeId }),
  ),
  refused('LOR-13.beacons-stay', 'What a device heard is no event of the community', (peer) =>
    peer.event('lora.beacon.received', {}),
  ),
  {
    id: 'LOR-4.over-the-mesh',
    title: 'A call for help over the mesh is shown as proven, and only its author ends it',
    capability: STATUS,
    needs: [...needs, 'person'],
    async run({ fresh, lent, does, eventually }) {
      const [caller, other] = [await fresh('member'), await lent('member')]
      const shows = (over: string) => async (): Promise<boolean> => {
        const call = shownOf(await does(STATUS, {}), caller.nodeId)
        return member(call, 'proof') === 'proven' && member(call, 'via') === 'network' && member(call, 'over') === over
      }
      await caller.write('lora.panic.sent', called())
      ensure(await eventually(shows('no')), 'a proven call that stands', shownOf(await does(STATUS, {}), caller.nodeId))
      await other.write('lora.panic.ended', { at: wireTime(Date.now()) })
      ensure(await shows('no')(), 'a call that stands', shownOf(await does(STATUS, {}), caller.nodeId))
      await caller.write('lora.panic.ended', { at: wireTime(Date.now()) })
      ensure(await eventually(shows('proven')), 'a call that is over', shownOf(await does(STATUS, {}), caller.nodeId))
    },
  },
  {
    id: 'LOR-11.signs-nothing',
    title: 'A simulated stick sends, is marked, costs no airtime and writes nothing into the log',
    capability: STATUS,
    needs: [...needs, 'person'],
    queue: 'alone',
    async run({ peer, does, eventually }) {
      const reader = await peer('member')
      // a call for help that an earlier case left standing would go at once; a beacon goes once an anchor would be there
      await does('experimental.lora.panic.cancel', {})
      const lastSent = async () => member(await does(STATUS, {}), 'last_sent_at')
      const [before, earlier] = [new Set(await reader.offered()), await lastSent()]
      await does('experimental.lora.stick.attach', { adapter: 'meshtastic', port_id: null, simulated: true })
      try {
        const sent = await eventually(async () => (await lastSent()) !== earlier, 20_000)
        const status = await does(STATUS, {})
        ensure(sent, 'a beacon', status)
        ensure(member(status, 'stick', 'simulated') === true, 'a stick that is marked', status)
        await does('experimental.lora.panic.send', {})
        await does('experimental.lora.panic.cancel', {})
      } finally {
        await does('experimental.lora.stick.detach', {})
      }
      const sent = member(await does('experimental.lora.duty_cycle', {}), 'sent')
      ensure(Array.isArray(sent) && sent.length === 0, 'no airtime', sent)
      const ids = await reader.offered()
      const typesOf = async (wanted: readonly string[]): Promise<readonly string[]> =>
        (await reader.fetchAll(wanted))
          .filter((event) => member(event, 'author') === reader.target.nodeId)
          .map((event) => String(member(event, 'event_type')))
      const written = await typesOf(ids.filter((id) => !before.has(id)))
      ensure(written.length === 0, 'no event', written)
      // an anchor is made once: here no other stick was ever there, so that one from before is of a simulation, too
      ensure(!(await typesOf(ids)).includes('lora.chain.anchored'), 'no anchor', 'one')
    },
  },
]
