import { fromBase64Url, toBase64Url, utf8 } from '../../../client/encoding.ts'
import { packed, unpacked } from '../../../client/halves.ts'
import * as hand from '../../../client/layers.ts'
import type { Peer } from '../../../client/peer.ts'
import { TENSOR, TYPE } from '../../../client/tensor.ts'
import { type Greeting, hiddenTensor, TensorTalk, valuesOf, type WireTensor } from '../../../client/tensor-session.ts'
import { type Case, ensure, type JsonObject, member, outcomeOf, same } from '../../../harness/case.ts'
import type { Context } from '../../../harness/context.ts'

// M26: conversations with layers that the node under test offers, of the model that comes with it. What is known of it:
// known-states.json.

/** Of a case with a model: the node has it brought, so the person is there, and no other case meanwhile. */
const withModel = { capability: hand.CONNECT, needs: ['wire', 'person'], queue: 'computing', limitMs: 150_000 } as const

type Run = (context: Context, peer: Peer, hosting: hand.Hosted) => Promise<void>
const conversation = (id: string, title: string, run: Run): Case => ({
  ...withModel,
  id,
  title,
  async run(context) {
    const hosting = await hand.hosted(context)
    await run(context, await context.peer('trusted'), hosting)
  },
})

/** The next rows, in the order in which they were asked for. */
async function answered(talk: TensorTalk, id: number): Promise<WireTensor> {
  const tensor = await talk.next(hand.STEP_MS)
  ensure(tensor !== null, `tensor ${id}`, talk.over ?? 'nothing')
  same(tensor.id, id, 'its id')
  return tensor
}

/** Takes known rows through a conversation in the steps in which they are known. */
async function knownRows(talk: TensorTalk, rows = hand.KNOWN.given): Promise<Float32Array> {
  const { width, steps } = hand.KNOWN
  const dtype = talk.dtypeWith('fp32')
  let position = 0
  for (const [id, tokens] of steps.entries()) {
    await talk.send(hiddenTensor(id, rows.subarray(position * width, (position + tokens) * width), width, dtype))
    position += tokens
  }
  const made = new Float32Array(position * width)
  position = 0
  for (const [id, tokens] of steps.entries()) {
    const tensor = await answered(talk, id)
    same(tensor.shape, [1, tokens, width], 'the shape of an answer')
    made.set(valuesOf(tensor), position * width)
    position += tokens
  }
  return made
}

/** Computes what is known, in a conversation of its own. @throws Violation */
async function ensureKnown(
  peer: Peer,
  hosting: Pick<hand.Hosted, 'shardId' | 'weights'>,
  from: number,
  to: number,
): Promise<void> {
  const run = hand.KNOWN.made.find((each) => each.from === from && each.to === to)
  ensure(
    run !== undefined && hosting.weights === hand.KNOWN.weights_sha256,
    'the model that the suite has numbers of',
    hosting.weights,
  )
  const talk = await hand.converse(peer, hosting)
  try {
    hand.ensureRows(await knownRows(talk), run.hidden, hand.KNOWN.width, `layers ${from} to ${to}`)
  } finally {
    await talk.bye('done')
  }
}

interface Handing {
  readonly peer: Peer
  /** Who is to be handed the results. */
  readonly other: Peer
  /** What `shard.hand_on` is asked, for the peer's conversation. */
  readonly asked: JsonObject
  readonly talk: TensorTalk
  readonly hosting: hand.Hosted
}

/** A conversation of one peer, whose results another one is to be handed (DLM-11). */
const handingOn = (id: string, title: string, run: (scene: Handing) => Promise<void>): Case =>
  conversation(id, title, async (context, peer, hosting) => {
    const other = await context.fresh('trusted')
    const grant = await hand.granted(peer, hosting)
    const talk = await hand.greet(peer, grant)
    ensure(talk instanceof TensorTalk, 'an open session', talk)
    const { session_id, session_token } = grant
    const next = { node_id: other.nodeId, session_id: other.ulid(), session_token }
    try {
      await run({ peer, other, asked: { session_id, next }, talk, hosting })
    } finally {
      await talk.bye('done')
    }
  })

/** Something that no conversation can have ends the session, with a word, and frees its place (DLM-3). */
const ends = (id: string, title: string, wrong: (talk: TensorTalk, hosting: hand.Hosted) => Promise<void>): Case =>
  conversation(id, title, async (context, peer, hosting) => {
    const talk = await hand.converse(peer, hosting)
    await wrong(talk, hosting)
    const end = await talk.endWithin(hand.STEP_MS)
    ensure(end !== null && end.type !== 'reset', 'BYE or NACK', end ?? 'a session that goes on')
    same(await talk.next(0), null, 'what is computed of it')
    ensure(
      await context.eventually(async () => (await hand.streamsOf(context)) === 0),
      'a free place',
      await hand.offersOf(context),
    )
    talk.hangUp()
  })

const one = (hosting: hand.Hosted, change: Partial<WireTensor> = {}): WireTensor => ({
  ...hiddenTensor(1, hand.waves(1, hosting.width), hosting.width, 'fp32'),
  ...change,
})

const COMPUTING: readonly Case[] = [
  conversation(
    'DLM-1.describes',
    'A shard is told with what a pipeline is planned from',
    async (_, peer, { shardId, model, layers, weights }) => {
      const [shard] = (await hand.shardsOf(peer)).filter(({ shard_id }) => shard_id === shardId)
      ensure(shard !== undefined, `${shardId} in the list`, 'not there')
      same(shard.shard_id, `${model}:0-${layers - 1}`, 'its id')
      same(shard.layers, { from: 0, to: layers - 1 }, 'its layers')
      same(shard.model_layers, layers, 'layers of the model')
      ensure(/^sha256:[0-9a-f]{64}$/.test(weights), 'the hash of its weights', weights)
      same(shard.dtype, Number(shard.hidden_size) <= 1024 ? 'fp32' : 'fp16', 'the type of hidden states')
      same(shard.streams, 0, 'conversations')
    },
  ),
  conversation('DLM-3.known', 'Layers make of known hidden states what is known, step after step', async (_, peer, hosting) =>
    ensureKnown(peer, hosting, 0, hosting.layers - 1),
  ),
  conversation('DLM-3.known-in-one-call', 'A single call computes the same', async (_, peer, hosting) => {
    const { steps, width, given, made } = hand.KNOWN
    const tokens = steps[0] ?? 0
    const rows = given.slice(0, tokens * width)
    const input = {
      shard_id: hosting.shardId,
      weights_sha256: hosting.weights,
      tokens,
      hidden: toBase64Url(packed(rows, 'fp16')),
    }
    const answer = await peer.ask(hand.FORWARD, input)
    const hidden = member(answer, 'output', 'hidden')
    ensure(typeof hidden === 'string', 'hidden states', answer)
    hand.ensureRows(unpacked(fromBase64Url(hidden), 'fp16'), made[0]?.hidden.slice(0, rows.length) ?? rows, width, 'one call')
  }),
  conversation('DLM-3.other-layers', 'Layers in the middle are those and no others', async (context, peer, hosting) => {
    const shard = await hand.offered(context, 2, 3)
    const some = { shardId: String(shard.shard_id), weights: hosting.weights }
    await ensureKnown(peer, some, 2, 3)
    await context.does(hand.WITHDRAW, { shard_id: some.shardId })
  }),
  conversation('DLM-3.two-at-once', 'Two conversations know nothing of each other', async (_, peer, hosting) => {
    const [talk, other] = [await hand.converse(peer, hosting), await hand.converse(peer, hosting)]
    await other.send(hiddenTensor(9, hand.waves(4, hosting.width), hosting.width, other.dtypeWith('fp32')))
    const made = await knownRows(talk)
    await answered(other, 9)
    await Promise.all([talk.bye('done'), other.bye('done')])
    hand.ensureRows(made, hand.KNOWN.made[0]?.hidden ?? made, hosting.width, 'beside another')
  }),
  conversation(
    'DLM-3.no-number-stays-inside',
    'What is no number spoils its own conversation and no other',
    async (_, peer, hosting) => {
      const [talk, other] = [await hand.converse(peer, hosting), await hand.converse(peer, hosting)]
      const rows = hand.waves(2, hosting.width).fill(Number.NaN, 0, 8)
      await other.send(hiddenTensor(1, rows, hosting.width, other.dtypeWith('fp32')))
      await Promise.race([other.next(hand.STEP_MS), other.endWithin(hand.STEP_MS)])
      const made = await knownRows(talk)
      await Promise.all([talk.bye('done'), other.bye('done')])
      hand.ensureRows(made, hand.KNOWN.made[0]?.hidden ?? made, hosting.width, 'beside one with NaN')
    },
  ),
  conversation('TEN-4.in-pieces', 'Hidden states that come in pieces are computed as one', async (_, peer, hosting) => {
    const { steps, width, given, made } = hand.KNOWN
    const tokens = steps[0] ?? 0
    const talk = await hand.converse(peer, hosting)
    await talk.send(hiddenTensor(3, given.subarray(0, tokens * width), width, talk.dtypeWith('fp32')), { pieces: 3 })
    const rows = valuesOf(await answered(talk, 3))
    await talk.bye('done')
    hand.ensureRows(rows, made[0]?.hidden.slice(0, rows.length) ?? rows, width, 'three pieces')
  }),
]

const REFUSED: readonly Case[] = [
  ends('DLM-3.too-many-together', 'More than 128 tokens at a time end the session', (talk, { width }) =>
    talk.send(hiddenTensor(1, hand.waves(129, width), width, 'fp16')),
  ),
  ends('DLM-3.another-width', 'Hidden states of another width end the session', (talk, { width }) =>
    talk.send(hiddenTensor(1, hand.waves(1, width + 1), width + 1, 'fp32')),
  ),
  ends('DLM-3.two-batches', 'Two conversations in one tensor end the session', (talk, hosting) => {
    const { width } = hosting
    return talk.send({ ...hiddenTensor(1, hand.waves(2, width), width, 'fp32'), shape: [2, 1, width] })
  }),
  ends('DLM-3.two-dimensions', 'A tensor without its batch ends the session', (talk, hosting) =>
    talk.send(one(hosting, { shape: [1, hosting.width] })),
  ),
  ends('DLM-3.no-tokens', 'A tensor of no tokens ends the session', (talk, hosting) =>
    talk.send(one(hosting, { shape: [1, 0, hosting.width], bytes: new Uint8Array(0) })),
  ),
  ends('DLM-3.eight-bits', 'Hidden states in int8, on which nobody agreed, end the session', (talk, hosting) =>
    talk.send(one(hosting, { dtype: 'int8', shape: [1, 1, hosting.width], bytes: new Uint8Array(hosting.width) })),
  ),
  ends('DLM-3.gradient', 'A gradient, which is no hidden state, ends the session', (talk, hosting) =>
    talk.send(one(hosting), { flags: 4 }),
  ),
  ends('DLM-3.longer-than-agreed', 'A conversation of more tokens than was agreed ends', async (talk, { width, maxTokens }) => {
    for (let left = maxTokens + 1, id = 0; left > 0 && !talk.over; id++) {
      const tokens = Math.min(128, left)
      await talk.send(hiddenTensor(id, hand.waves(tokens, width), width, talk.dtypeWith('fp32'))).catch(() => undefined)
      left -= tokens
    }
    while (!talk.over && (await talk.next(hand.STEP_MS)) !== null) {
      // what was agreed is computed, and then it ends
    }
  }),
  ends('TEN-6.lost-frame', 'A number that is left out ends an open session', async (talk, hosting) => {
    await talk.frame({ type: TYPE.ping, flags: 0 }, new Uint8Array(8))
    talk.skip()
    await talk.send(one(hosting))
  }),
]

interface Attempt {
  readonly by: Peer
  readonly greeting: Greeting
  /** What was granted in order: it is taken up afterwards, or its place would stay taken until the grant runs out. */
  readonly grants: readonly (readonly [Peer, Greeting])[]
  /** A session that is open while it is tried, and ends then. */
  readonly meanwhile?: TensorTalk
}

/** A HELLO that must not open anything, and the words it may be refused with. */
const closed = (
  id: string,
  title: string,
  words: readonly string[],
  attempt: (context: Context, peer: Peer, hosting: hand.Hosted) => Promise<Attempt>,
): Case =>
  conversation(id, title, async (context, peer, hosting) => {
    const { by, greeting, grants, meanwhile } = await attempt(context, peer, hosting)
    const talk = await hand.greet(by, greeting)
    await meanwhile?.bye('done')
    for (const [owner, grant] of grants) {
      const opened = await hand.greet(owner, grant)
      if (opened instanceof TensorTalk) await opened.bye('done')
    }
    ensure(!(talk instanceof TensorTalk), `a NACK with ${words.join(' or ')}`, 'a session')
    ensure(talk.type === 'nack' && words.includes(talk.word), `a NACK with ${words.join(' or ')}`, talk)
  })

const DOORS: readonly Case[] = [
  conversation('TEN-5.greeted', 'A session that was granted is opened by a HELLO in return', async (_, peer, hosting) => {
    const greeting = await hand.granted(peer, hosting)
    const talk = await hand.greet(peer, greeting)
    ensure(talk instanceof TensorTalk, 'an open session', talk)
    const { session_id, session_token, from, to, purpose } = talk.hello
    await talk.bye('done')
    same(
      { session_id, session_token, purpose, from, to },
      {
        session_id: greeting.session_id,
        session_token: greeting.session_token,
        purpose: hand.PURPOSE,
        from: peer.target.nodeId,
        to: peer.nodeId,
      },
      'HELLO',
    )
    same(member(talk.hello, 'negotiation', 'preferred_dtype'), greeting.preferred_dtype, 'the type of hidden states')
  }),
  closed(
    'TEN-5.granted-to-another',
    'A session that was granted to somebody else is refused',
    ['unauthorized'],
    async (context, peer, hosting) => {
      const other = await context.fresh('trusted')
      const grant = await hand.granted(other, hosting)
      return { by: peer, greeting: { ...grant, from: peer.nodeId }, grants: [[other, grant]] }
    },
  ),
  closed('TEN-5.once', 'A grant opens one session, once', ['unauthorized'], async (_, peer, hosting) => {
    const greeting = await hand.granted(peer, hosting)
    const meanwhile = await hand.greet(peer, greeting)
    ensure(meanwhile instanceof TensorTalk, 'an open session', meanwhile)
    return { by: peer, greeting, grants: [], meanwhile }
  }),
  closed(
    'TEN-5.other-purpose',
    'A grant for layers is none for pieces of a model',
    // a token may name its purpose itself
    ['wrong_purpose', 'unauthorized'],
    async (_, peer, hosting) => {
      const grant = await hand.granted(peer, hosting)
      return { by: peer, greeting: { ...grant, purpose: 'model.pieces' }, grants: [[peer, grant]] }
    },
  ),
  closed('TEN-5.other-session', 'A token of one session opens no other', ['unauthorized'], async (_, peer, hosting) => {
    const [first, second] = [await hand.granted(peer, hosting), await hand.granted(peer, hosting)]
    const greeting = { ...first, session_token: second.session_token }
    return { by: peer, greeting, grants: [first, second].map((grant) => [peer, grant] as const) }
  }),
  conversation(
    'DLM-2.other-weights',
    'Layers with other weights than are offered are weights_mismatch',
    async (_, peer, hosting) => {
      const other = { shard_id: hosting.shardId, weights_sha256: `sha256:${'1'.repeat(64)}` }
      for (const [name, input] of [
        [hand.CONNECT, other],
        [hand.FORWARD, { ...other, tokens: 1, hidden: toBase64Url(packed(hand.waves(1, hosting.width), 'fp16')) }],
      ] as const) {
        const answer = await peer.ask(name, input)
        ensure(outcomeOf(answer) === 'weights_mismatch', 'weights_mismatch', answer)
      }
    },
  ),
  conversation(
    'DLM-3.call-of-another-size',
    'A single call whose bytes are not those of its tokens is refused',
    async (_, peer, hosting) => {
      const hidden = toBase64Url(packed(hand.waves(1, hosting.width), 'fp16'))
      const input = { shard_id: hosting.shardId, weights_sha256: hosting.weights, tokens: 2, hidden }
      const answer = await peer.ask(hand.FORWARD, input)
      ensure(outcomeOf(answer) === 'bad_request', 'bad_request', answer)
    },
  ),
  conversation(
    'DLM-2.full',
    'As many conversations as were said are taken, and the next is refused and not queued',
    async (context, peer, hosting) => {
      const talks: TensorTalk[] = []
      try {
        for (let place = 0; place < hosting.streams; place++) talks.push(await hand.converse(peer, hosting))
        const answer = await peer.ask(hand.CONNECT, { shard_id: hosting.shardId, weights_sha256: hosting.weights })
        ensure(outcomeOf(answer) === 'capacity_exceeded', 'capacity_exceeded', answer)
      } finally {
        await Promise.all(talks.map((talk) => talk.bye('done')))
      }
      ensure(
        await context.eventually(async () => (await hand.streamsOf(context)) === 0),
        'free places',
        await hand.offersOf(context),
      )
    },
  ),
]

/** Bytes of memory that the node's layers and conversations take. */
const usedBytes = async ({ does }: Context): Promise<number> => Number(member(await does(hand.SHARING, {}), 'used_bytes'))

/** However a conversation ends, nothing of it stays (DLM-10). */
const frees = (id: string, title: string, end: (talk: TensorTalk) => Promise<void> | void): Case =>
  conversation(id, title, async (context, peer, hosting) => {
    const before = await usedBytes(context)
    const talk = await hand.converse(peer, hosting)
    await talk.send(hiddenTensor(1, hand.waves(64, hosting.width), hosting.width, talk.dtypeWith('fp32')))
    await answered(talk, 1)
    ensure((await usedBytes(context)) > before, 'memory that a conversation takes', before)
    same(await hand.streamsOf(context), 1, 'conversations')
    await end(talk)
    const isFree = async () => (await hand.streamsOf(context)) === 0 && (await usedBytes(context)) <= before
    ensure(await context.eventually(isFree, 5000), `${before} bytes as before`, {
      bytes: await usedBytes(context),
      streams: await hand.streamsOf(context),
    })
  })

const LEAVING: readonly Case[] = [
  frees('DLM-10.cancel-frees', 'Who cancels leaves nothing in memory', (talk) => talk.bye('cancelled')),
  frees('DLM-10.done-frees', 'Who is done leaves nothing in memory', (talk) => talk.bye('done')),
  frees('DLM-10.hang-up-frees', 'Who hangs up without a word leaves nothing in memory', (talk) => talk.hangUp()),
  frees('DLM-10.nack-frees', 'Who refuses what came leaves nothing in memory', (talk) =>
    talk.frame({ type: TYPE.nack }, utf8('bad_payload')),
  ),
  conversation(
    'DLM-9.withdrawn',
    'Layers that are taken back end their conversations, and are not there any more',
    async (context, peer, hosting) => {
      const shard = await hand.offered(context, 2, 3)
      const some = { shardId: String(shard.shard_id), weights: hosting.weights }
      const talk = await hand.converse(peer, some)
      await context.does(hand.WITHDRAW, { shard_id: some.shardId })
      const end = await talk.endWithin(5000)
      ensure(end?.type === 'bye', 'BYE', end ?? 'a session that goes on')
      ensure(
        !(await hand.shardsOf(peer)).some(({ shard_id }) => shard_id === some.shardId),
        'nothing of it in the list',
        'still there',
      )
      const own = await hand.offersOf(context)
      ensure(!own.some(({ shard_id }) => shard_id === some.shardId), 'nothing of it in the list of the person', own)
      const answer = await peer.ask(hand.CONNECT, { shard_id: some.shardId, weights_sha256: some.weights })
      ensure(outcomeOf(answer) === 'shard_unavailable', 'shard_unavailable', answer)
    },
  ),
  conversation(
    'DLM-5.left',
    'Who has left the community is not computed for any more, in the middle of a conversation',
    async (context, _, hosting) => {
      const peer = await context.fresh('trusted')
      const talk = await hand.converse(peer, hosting)
      await talk.send(one(hosting))
      await answered(talk, 1)
      await peer.hand([peer.event('community.member.left', {})])
      await talk.send(one(hosting, { id: 2 })).catch(() => undefined)
      const end = await talk.endWithin(5000)
      ensure(end !== null, 'the end of the session', 'a session that goes on')
      same(await talk.next(0), null, 'what is computed for them')
      ensure(outcomeOf(await peer.ask(hand.LIST, {})) === 'unauthorized', 'unauthorized', 'a list')
    },
  ),
  handingOn(
    'DLM-11.hand-on-of-anothers',
    'A shard hands on nothing of a conversation that somebody else has, even to who knows its session',
    async ({ other, asked }) => {
      const answer = await other.ask(hand.HAND_ON, asked)
      ensure(outcomeOf(answer) === 'not_found', 'not_found', answer)
      same(await other.line.incoming(TENSOR, 0), null, 'what is opened to who asked')
    },
  ),
  handingOn(
    'DLM-11.next-hangs-up',
    'A next shard that cannot be reached is named as such, and the conversation goes on without it',
    async ({ peer, other, asked, talk, hosting }) => {
      const asking = peer.ask(hand.HAND_ON, asked)
      const opened = await other.line.incoming(TENSOR, 10_000)
      ensure(opened !== null, 'a session that is opened to the next one', null)
      opened.abort()
      const answer = await asking
      ensure(outcomeOf(answer) === 'shard_unreachable', 'shard_unreachable', answer)
      const made = await knownRows(talk)
      hand.ensureRows(made, hand.KNOWN.made[0]?.hidden ?? made, hosting.width, 'what the conversation gives')
    },
  ),
  conversation(
    'DLM-1.watched',
    'Who watches hears of layers that come and go, and a beat when nothing does',
    async (context, peer, hosting) => {
      const watching = await hand.follow(peer, hand.WATCH, {})
      const idsIn = (frame: unknown): readonly unknown[] => {
        const shards = member(frame, 'data', 'shards')
        return Array.isArray(shards) ? shards.map((shard) => member(shard, 'shard_id')) : []
      }
      const until = async (what: string, holds: (ids: readonly unknown[]) => boolean): Promise<void> => {
        for (let frames = 0; frames < 12; frames++) if (holds(idsIn(await watching.next()))) return
        ensure(false, what, 'twelve frames without')
      }
      try {
        const first = await watching.next(5000)
        same(idsIn(first), [hosting.shardId], 'what is offered, at once')
        const started = Date.now()
        // DLM-1: every 5 seconds
        ensure((await watching.next(9000)) !== null, 'a beat', `nothing for ${Date.now() - started} ms`)
        const { shard_id } = await hand.offered(context, 2, 3)
        await until('layers that came', (ids) => ids.includes(String(shard_id)))
        await context.does(hand.WITHDRAW, { shard_id: String(shard_id) })
        await until('layers that went', (ids) => !ids.includes(String(shard_id)))
      } finally {
        watching.hangUp()
      }
    },
  ),
]

export const cases: readonly Case[] = [...COMPUTING, ...REFUSED, ...DOORS, ...LEAVING]
