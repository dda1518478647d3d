import { type End, LAST_NAME, lifeAfter, NEXT_NAME } from '../../client/lives.ts'
import { type Case, ensure, member, same } from '../../harness/case.ts'

/** A node that ended and came back: who it is, what it holds, whom it serves. */
const comesBack = (how: End, id: string, title: string): Case => ({
  id,
  title,
  needs: [how, 'wire', 'sync', 'person'],
  queue: 'alone',
  async run(context) {
    const { before, after, met } = await lifeAfter(context, how)
    same(after.nodeId, context.target.nodeId, 'the same identity')
    same(after.community, before.community, 'the same community')
    ensure(after.stored >= before.stored, `at least ${before.stored} events`, after.stored)
    ensure(met?.offersWhatItTook === true, 'the event that was acknowledged', 'lost')
    same(met.echo, 'ok', 'what a call comes to')
    ensure(met.takesMore, 'a further event taken', 'refused')
  },
})

export const cases: readonly Case[] = [
  comesBack('restart', 'EVT-6.restart', 'After a clean stop and a start the node is the same, with everything it held'),
  comesBack('kill', 'EVT-6.kill', 'After a kill the log opens, verifies and goes on with everything that was acknowledged'),
  {
    id: 'EVT-6.kill-after-writing',
    title: 'What the person was told is written survives a kill right after',
    needs: ['kill', 'person'],
    queue: 'alone',
    async run(context) {
      const { before, after } = await lifeAfter(context, 'kill')
      ensure(before.name !== LAST_NAME, 'another name before', before.name)
      same(after.name, LAST_NAME, 'the name')
    },
  },
  {
    id: 'EVT-7.chain-after-kill',
    title: 'After a kill the node writes on the end of its own chain',
    needs: ['kill', 'wire', 'sync', 'person'],
    queue: 'alone',
    async run(context) {
      const { own } = await lifeAfter(context, 'kill')
      const names = own.map((event) => member(event, 'data', 'display_name'))
      ensure(
        [LAST_NAME, NEXT_NAME].every((name) => names.includes(name)),
        'its events from before and after',
        names,
      )
      const heads = new Set(own.map((event) => member(event, 'prev')))
      ensure(heads.size === own.length, 'no two of its events on one prev', own.length - heads.size)
    },
  },
  {
    id: 'BUS-3.drain',
    title: 'Calls under way when the node stops are answered or reset, and none is left hanging',
    needs: ['restart', 'wire'],
    queue: 'alone',
    async run(context) {
      const { met } = await lifeAfter(context, 'restart')
      ensure(
        met?.outcomes.every((outcome) => ['ok', 'reset', 'partition', 'rate_limited', 'no answer'].includes(outcome)) === true,
        'an answer or an end',
        met?.outcomes,
      )
      same(met.echo, 'ok', 'what a call after the restart comes to')
    },
  },
  {
    id: 'EVT-4.seen-by-the-person',
    title: 'What the log holds, waits for and refused is there for the person to see',
    needs: ['person'],
    async run({ does }) {
      const stats = await does('events.stats', {})
      for (const field of ['stored', 'waiting', 'excluded'])
        ensure(typeof member(stats, field) === 'number', `a count ${field}`, stats)
      ensure(typeof member(stats, 'refused') === 'object', 'refusals by code', stats)
    },
  },
  {
    id: 'BUS-5.traces-bounded',
    title: 'The person sees as many traces as they ask for, each with who, what, how long and how it ended',
    needs: ['person'],
    async run({ does }) {
      const traces = member(await does('node.traces', { limit: 20 }), 'traces')
      ensure(Array.isArray(traces) && traces.length > 0, 'traces', traces)
      ensure(traces.length <= 20, 'at most 20', traces.length)
      const fields = ['at', 'caller', 'capability', 'ms', 'outcome', 'provider']
      for (const trace of traces) same(Object.keys(Object(trace)).sort(), fields, 'fields of a trace')
    },
  },
]
