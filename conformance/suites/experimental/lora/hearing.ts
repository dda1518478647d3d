import { type Case, ensure, member, outcomeOf, same } from '../../../harness/case.ts'

const HEARING = 'experimental.lora.hearing'
const STATUS = 'experimental.lora.status'

/** What others learn of the radio, and what it says without a stick. */
export const cases: readonly Case[] = [
  {
    id: 'LOR-13.hearing',
    title: 'A member who was never heard learns exactly that',
    capability: HEARING,
    needs: ['call'],
    async run({ peer }) {
      const answer = await (await peer('member')).ask(HEARING, {})
      same(member(answer, 'output'), { last: null }, 'output')
    },
  },
  {
    id: 'LOR-13.about-another',
    title: 'Nobody can ask whether somebody else was heard',
    capability: HEARING,
    needs: ['call'],
    async run({ peer }) {
      const caller = await peer('member')
      for (const input of [{ node_id: caller.target.nodeId }, { sender_hash: '509e7b65' }, [caller.target.nodeId]]) {
        const answer = await caller.ask(HEARING, input)
        ensure(outcomeOf(answer) === 'schema_mismatch', 'schema_mismatch', answer)
      }
    },
  },
  {
    id: 'LOR-13.stranger',
    title: 'A stranger learns nothing about who was heard',
    capability: HEARING,
    needs: ['call'],
    async run({ peer }) {
      const answer = await (await peer('stranger')).ask(HEARING, {})
      ensure(outcomeOf(answer) === 'unauthorized', 'unauthorized', answer)
    },
  },
  {
    id: 'LOR-13.presence-stays',
    title: 'Who is there is not streamed to peers, and neither are beacons',
    capability: HEARING,
    needs: ['call'],
    async run({ peer }) {
      const caller = await peer('trusted')
      for (const name of ['experimental.lora.presence.follow', 'experimental.lora.peer.list', STATUS]) {
        const answer = await caller.ask(name, {})
        ensure(outcomeOf(answer) === 'unauthorized', `unauthorized from ${name}`, answer)
      }
    },
  },
  {
    id: 'LOR-13.switched-off-and-on',
    title: 'A radio that the person switches off is experimental_disabled at once, and served again when it is on',
    capability: HEARING,
    needs: ['call', 'person'],
    queue: 'alone',
    async run({ peer, does, eventually }) {
      const caller = await peer('member')
      await does('config.set', { lora: { enabled: false } })
      const off = await caller.ask(HEARING, {})
      await does('config.set', { lora: { enabled: true } })
      ensure(outcomeOf(off) === 'experimental_disabled', 'experimental_disabled', off)
      ensure(await eventually(async () => outcomeOf(await caller.ask(HEARING, {})) === 'ok'), 'served again', 'not served')
    },
  },
  {
    id: 'LOR-6.no-stick',
    title: 'Without a stick the radio is unavailable, says so, and refuses to send',
    capability: STATUS,
    needs: ['person'],
    async run({ does, seat }) {
      same(member(await does(STATUS, {}), 'state'), 'unavailable', 'state')
      for (const [name, input] of [
        ['experimental.lora.beacon.send', { ok: false }],
        ['experimental.lora.panic.send', {}],
      ] as const) {
        const answer = await seat.ask(name, input)
        ensure(outcomeOf(answer) === 'lora_hardware_unavailable', 'lora_hardware_unavailable', answer)
      }
      await does('experimental.lora.panic.cancel', {})
    },
  },
  {
    id: 'LOR-3.never-heard',
    title: 'Nobody is confirmed who was never heard',
    capability: STATUS,
    needs: ['person'],
    async run({ seat, target }) {
      const answer = await seat.ask('experimental.lora.peer.verify', { sender_hash: '509e7b65', node_id: target.nodeId })
      ensure(outcomeOf(answer) === 'lora_peer_unknown', 'lora_peer_unknown', answer)
    },
  },
]
