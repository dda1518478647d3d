import * as hand from '../../../client/layers.ts'
import { type Case, ensure, member, outcomeOf, same } from '../../../harness/case.ts'

// M26, layers for others: who may see and use them, and that nothing is computed before a person says so. What takes a model is
// tested beside the code: workers/modules/distributed-inference/hosting.test.ts.

const SET = 'experimental.distributed_llm.sharing.set'
/** A conversation that nobody has, and somewhere to hand it on to. */
const HANDED = {
  session_id: '01K5V0000000000000000000AA',
  next: {
    node_id: `ed25519:${'A'.repeat(43)}`,
    session_id: '01K5V0000000000000000000AB',
    session_token: 'hntoken://v1/of-nobody',
  },
}

export const cases: readonly Case[] = [
  {
    id: 'DLM-1.list-for-the-trusted',
    title: 'What a node hosts is told to who is trusted, and to nobody below',
    capability: hand.LIST,
    needs: ['call'],
    async run({ peer }) {
      const listed = await (await peer('trusted')).ask(hand.LIST, {})
      ensure(Array.isArray(member(listed, 'output', 'shards')), 'a list of shards', listed)
      for (const standing of ['stranger', 'member'] as const) {
        const answer = await (await peer(standing)).ask(hand.LIST, {})
        ensure(outcomeOf(answer) === 'unauthorized', `unauthorized for a ${standing}`, answer)
      }
    },
  },
  {
    id: 'DLM-5.connect-for-the-trusted',
    title: 'Nobody who is not trusted begins a conversation with a shard, nor has one computed in a single call',
    capability: hand.CONNECT,
    needs: ['call'],
    async run({ peer }) {
      for (const standing of ['stranger', 'member'] as const) {
        const caller = await peer(standing)
        for (const [name, input] of [
          [hand.CONNECT, hand.NOBODYS],
          [hand.FORWARD, { ...hand.NOBODYS, ...hand.HIDDEN }],
        ] as const) {
          const answer = await caller.ask(name, input)
          ensure(outcomeOf(answer) === 'unauthorized', `unauthorized for a ${standing}`, answer)
        }
      }
    },
  },
  {
    id: 'DLM-5.not-before-sharing',
    title: 'A device computes for nobody until its person shares: layers are then shard_unavailable',
    capability: hand.CONNECT,
    needs: ['call', 'person'],
    async run(context) {
      const { sharing, refusals, listed } = await hand.beforeSharing(context)
      same(member(sharing, 'share') ?? null, false, 'sharing where nobody said anything')
      for (const answer of refusals) ensure(outcomeOf(answer) === 'shard_unavailable', 'shard_unavailable', answer)
      same(member(listed, 'output', 'shards') ?? null, [], 'what is listed')
    },
  },
  {
    id: 'DLM-11.hand-on-what-is-ones-own',
    title:
      'A shard hands on nothing of a conversation that the caller does not have, and nothing at all for who is not trusted',
    capability: hand.HAND_ON,
    needs: ['call'],
    async run({ peer }) {
      for (const standing of ['stranger', 'member'] as const) {
        const answer = await (await peer(standing)).ask(hand.HAND_ON, HANDED)
        ensure(outcomeOf(answer) === 'unauthorized', `unauthorized for a ${standing}`, answer)
      }
      const answer = await (await peer('trusted')).ask(hand.HAND_ON, HANDED)
      ensure(outcomeOf(answer) === 'not_found', 'not_found', answer)
    },
  },
  {
    id: 'DLM-9.withdraw-what-is-not-offered',
    title: 'Layers that are not offered cannot be taken back',
    capability: hand.WITHDRAW,
    needs: ['person'],
    async run({ seat }) {
      const answer = await seat.ask(hand.WITHDRAW, { shard_id: hand.NOBODYS.shard_id })
      ensure(outcomeOf(answer) === 'not_found', 'not_found', answer)
    },
  },
  {
    id: 'DLM-7.offer-what-is-not-here',
    title: 'Layers of a model that is not on the device cannot be offered',
    capability: hand.OFFER,
    needs: ['person'],
    async run(context) {
      const { offer, offers } = await hand.beforeSharing(context)
      ensure(outcomeOf(offer) === 'not_found', 'not_found', offer)
      same(offers, [], 'what is offered')
    },
  },
  {
    id: 'DLM-8.memory-within-limits',
    title: 'Memory is set aside within the limits that the device names, and stays as it was where it is not',
    capability: SET,
    needs: ['person'],
    queue: 'computing',
    async run({ seat, does }) {
      const before = await does(hand.SHARING, {})
      const most = member(before, 'memory_limits', 'most_bytes')
      ensure(typeof most === 'number', 'a limit', before)
      const answer = await seat.ask(SET, { memory_bytes: most + 1 })
      ensure(outcomeOf(answer) === 'bad_request', 'bad_request', answer)
      same(member(await does(hand.SHARING, {}), 'memory_bytes'), member(before, 'memory_bytes'), 'memory')
      await does(SET, { memory_bytes: most })
      same(member(await does(hand.SHARING, {}), 'memory_bytes'), most, 'memory')
      await does(SET, { memory_bytes: member(before, 'memory_bytes') ?? null })
    },
  },
]
