import { contentId } from '../../client/encoding.ts'
import { type Case, ensure, member, outcomeOf, same } from '../../harness/case.ts'
import type { Context } from '../../harness/context.ts'

const NOTE = 'conformance.note.written'

const idOf = async ({ does }: Context) => member(await does('node.status', {}), 'identity', 'node_id')

async function ended(context: Context, how: 'kill' | 'restart'): Promise<void> {
  const { target } = context
  const end = target[how]
  if (!end) throw new Error(`this target offers no ${how}`)
  await end.call(target)
}

/** A node that ended and came back: who it is, what it holds, whom it serves. */
const comesBack = (how: 'kill' | 'restart', id: string, title: string): Case => ({
  id,
  title,
  needs: [how, 'wire', 'sync', 'person'],
  alone: true,
  async run(context) {
    const author = await context.fresh('member')
    const event = await author.write(NOTE, { text: `before the ${how}` })
    const stored = Number(member(await context.does('events.stats', {}), 'stored'))
    const community = member(await context.does('community.get', {}), 'community', 'community_id')
    await ended(context, how)
    same(await idOf(context), context.target.nodeId, 'the same identity')
    same(member(await context.does('community.get', {}), 'community', 'community_id'), community, 'the same community')
    const now = Number(member(await context.does('events.stats', {}), 'stored'))
    ensure(now >= stored, `at least ${stored} events`, now)
    await author.line.reconnect()
    ensure((await author.offered()).includes(contentId(event)), 'the event that was acknowledged', 'lost')
    ensure(outcomeOf(await author.ask('node.echo', { payload: 'back' })) === 'ok', 'a call served', '')
    const next = author.event(NOTE, { text: 'afterwards' })
    ensure(await author.gives(next), 'a further event taken', 'refused')
  },
})

export const cases: readonly Case[] = [
  comesBack('restart', 'EVT-6.restart', 'After a clean stop and a start the node is the same, with everything it held'),
  comesBack('kill', 'EVT-6.kill', 'After a kill the log opens, verifies and goes on with everything that was acknowledged'),
  {
    id: 'EVT-6.kill-after-writing',
    title: 'What the person was told is written survives a kill right after',
    needs: ['kill', 'person'],
    alone: true,
    async run(context) {
      await context.does('community.rename', { display_name: 'Written down' })
      await ended(context, 'kill')
      const members = member(await context.does('community.get', {}), 'community', 'members')
      const me = Array.isArray(members) ? members.find((one) => member(one, 'node_id') === context.target.nodeId) : undefined
      same(member(me, 'display_name'), 'Written down', 'the name')
    },
  },
  {
    id: 'EVT-7.chain-after-kill',
    title: 'After a kill the node writes on the end of its own chain',
    needs: ['kill', 'wire', 'sync', 'person'],
    alone: true,
    async run(context) {
      await context.does('community.rename', { display_name: 'One' })
      await ended(context, 'kill')
      await context.does('community.rename', { display_name: 'Two' })
      const events = member(await context.does('events.list', { limit: 500 }), 'events')
      const own = (Array.isArray(events) ? events : [])
        .map((each) => member(each, 'event'))
        .filter((event) => member(event, 'author') === context.target.nodeId)
      const heads = new Set(own.map((event) => member(event, 'prev')))
      ensure(heads.size === own.length, 'no two of its events on one prev', own.length - heads.size)
    },
  },
  {
    id: 'BUS-3.drain',
    title: 'Calls under way when the node stops are answered or reset, and none is left hanging',
    needs: ['restart', 'wire'],
    alone: true,
    async run(context) {
      const caller = await context.fresh('member')
      const calls = Array.from({ length: 8 }, () =>
        caller.deliver(caller.request('node.echo', { payload: 'x'.repeat(60_000) }), 15_000).then(outcomeOf, () => 'reset'),
      )
      await ended(context, 'restart')
      const outcomes = await Promise.all(calls)
      ensure(
        outcomes.every((outcome) => ['ok', 'reset', 'partition', 'rate_limited', 'no answer'].includes(outcome)),
        'an answer or an end',
        outcomes,
      )
      await caller.line.reconnect()
      ensure(outcomeOf(await caller.ask('node.echo', { payload: 'again' })) === 'ok', 'served after the restart', '')
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
