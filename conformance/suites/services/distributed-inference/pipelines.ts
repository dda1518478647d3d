import { type Case, ensure, member, outcomeOf } from '../../../harness/case.ts'

// M26: plans and answers. The node under test need not have a model, nor neighbours who compute.

const PLAN = 'experimental.distributed_llm.pipeline.plan'
const RUN = 'experimental.distributed_llm.pipeline.run'
const STATUS = 'experimental.distributed_llm.pipeline.status'
const CHAT = 'experimental.distributed_llm.chat'
const DIRECTORY = 'experimental.distributed_llm.shard.directory'
const NOBODY = 'a-model-that-nobody-has'
const ask = { model: NOBODY, messages: [{ role: 'user', content: 'x' }] }

export const cases: readonly Case[] = [
  {
    id: 'DLM-2.unknown-model',
    title: 'A plan for a model that the node does not know is refused, and no shard is made up for it',
    needs: ['call'],
    capability: PLAN,
    async run({ peer }) {
      const answer = await (await peer('trusted')).ask(PLAN, { model: NOBODY })
      ensure(['not_found', 'shard_unavailable'].includes(outcomeOf(answer)), 'not_found or shard_unavailable', answer)
    },
  },
  {
    id: 'DLM-2.status-of-own',
    title: 'A peer is told of its own pipelines and of nobody else’s',
    needs: ['call'],
    capability: STATUS,
    async run({ peer }) {
      const answer = await (await peer('trusted')).ask(STATUS, {})
      const pipelines = member(answer, 'output', 'pipelines')
      ensure(Array.isArray(pipelines) && pipelines.length === 0, 'no pipelines', answer)
    },
  },
  ...[PLAN, RUN, STATUS].map(
    (name): Case => ({
      id: `DLM-5.${name}.member`,
      title: `${name} is for those who are trusted, and not for every member`,
      needs: ['call'],
      capability: name,
      async run({ peer }) {
        const input = name === RUN ? ask : name === PLAN ? { model: NOBODY } : {}
        const answer = await (await peer('member')).ask(name, input)
        ensure(outcomeOf(answer) === 'unauthorized', 'unauthorized', answer)
      },
    }),
  ),
  {
    id: 'DLM-3.nothing-asked',
    title: 'A question without a word is refused',
    needs: ['call'],
    capability: RUN,
    async run({ peer }) {
      const answer = await (await peer('trusted')).ask(RUN, { ...ask, messages: [] })
      ensure(outcomeOf(answer) === 'schema_mismatch', 'schema_mismatch', answer)
    },
  },
  {
    id: 'DLM-3.no-such-model',
    title: 'A question to a model that is not there is refused before anything is computed',
    needs: ['person'],
    capability: CHAT,
    async run({ seat }) {
      const answer = await seat.ask(CHAT, { ...ask, others_may_read: true })
      ensure(member(answer, 'data', 'code') === 'not_found', 'not_found', answer)
    },
  },
  {
    id: 'DLM-1.directory',
    title: 'Who is not trusted does not appear among those who compute',
    needs: ['person', 'call'],
    capability: DIRECTORY,
    async run({ seat, peer }) {
      const { identity } = await peer('member')
      const answer = await seat.ask(DIRECTORY, {})
      const nodes = member(answer, 'output', 'nodes')
      ensure(Array.isArray(nodes), 'a list of nodes', answer)
      ensure(!nodes.some((node) => member(node, 'node_id') === identity.nodeId), 'no member that is not trusted', answer)
    },
  },
]
