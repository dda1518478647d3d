import type { Json } from '../../../client/encoding.ts'
import { type Case, ensure, member } from '../../../harness/case.ts'
import type { Context } from '../../../harness/context.ts'
import type { Talk } from '../../../harness/target.ts'

const WATCH = 'events.watch'
const WINDOW = 16
const FRAME_MS = 10_000
const QUIET_MS = 500

async function watch({ seat }: Context): Promise<Talk> {
  if (!seat.open) throw new Error('this target has no streaming calls')
  return seat.open(WATCH, {})
}

/** Makes something happen until the stream tells of it. @returns the frame, or null where none comes */
async function nextFrame({ does }: Context, talk: Talk, turn: number): Promise<Json | null> {
  await does('community.rename', { display_name: `Stream ${turn}` })
  return talk.hear(FRAME_MS)
}

/** What ends the stream: frames that were under way may still come before it. Null where it just falls silent. */
async function ending(talk: Talk): Promise<Json | null> {
  for (let frame = 0; frame < WINDOW; frame++) {
    const heard = await talk.hear(FRAME_MS)
    if (member(heard, 'event') !== 'data') return heard
  }
  return { event: 'data', data: 'and on and on', seq: WINDOW }
}

const streams = (id: string, title: string, run: (context: Context, talk: Talk) => Promise<void>): Case => ({
  id,
  title,
  needs: ['person', 'stream'],
  queue: 'alone',
  async run(context) {
    const talk = await watch(context)
    try {
      await run(context, talk)
    } finally {
      talk.abort()
    }
  },
})

export const cases: readonly Case[] = [
  streams('BUS-4.stream-counts-from-zero', 'A stream’s frames are data with seq 0, 1, 2 …', async (context, talk) => {
    for (let seq = 0; seq < 3; seq++) {
      const frame = await nextFrame(context, talk, seq)
      ensure(member(frame, 'event') === 'data' && member(frame, 'seq') === seq, `data with seq ${seq}`, frame)
      await talk.say({ type: 'ack', upto: seq })
    }
  }),
  streams('BUS-4.stream-window', 'At most 16 frames are unacknowledged; an ack brings the next', async (context, talk) => {
    let last: Json | null = null
    for (let turn = 0; turn < WINDOW; turn++) {
      last = await nextFrame(context, talk, turn)
      ensure(member(last, 'seq') === turn, `frame ${turn} without an ack`, last)
    }
    await context.does('community.rename', { display_name: 'one too many' })
    const beyond = await talk.hear(QUIET_MS)
    ensure(beyond === null, 'silence until an ack', beyond)
    await talk.say({ type: 'ack', upto: WINDOW - 1 })
    const next = await talk.hear(FRAME_MS)
    ensure(member(next, 'seq') === WINDOW, `frame ${WINDOW} after the ack`, next)
  }),
  streams('BUS-4.stream-cancel', 'A cancel ends the stream within moments, with exactly one error', async (context, talk) => {
    await nextFrame(context, talk, 0)
    await talk.say({ type: 'cancel' })
    const end = await ending(talk)
    ensure(member(end, 'event') === 'error', 'an error as the end', end)
    await context.does('community.rename', { display_name: 'after the cancel' })
    const more = await talk.hear(QUIET_MS)
    ensure(more === null, 'nothing after the end', more)
  }),
  streams('BUS-4.stream-ack-of-nothing', 'An ack of a frame that was never sent is bad_request', async (context, talk) => {
    await nextFrame(context, talk, 0)
    await talk.say({ type: 'ack', upto: 999 })
    const end = await ending(talk)
    ensure(member(end, 'event') === 'error' && member(end, 'data', 'code') === 'bad_request', 'error bad_request', end)
  }),
  streams('BUS-4.stream-rubbish', 'What is neither ack nor cancel ends the stream with bad_request', async (context, talk) => {
    await nextFrame(context, talk, 0)
    await talk.say({ type: 'more', please: true })
    const end = await ending(talk)
    ensure(member(end, 'event') === 'error' && member(end, 'data', 'code') === 'bad_request', 'error bad_request', end)
  }),
]
