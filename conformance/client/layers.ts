import { ensure, isObject, type JsonObject, member, outcomeOf, shown } from '../harness/case.ts'
import type { Context } from '../harness/context.ts'
import type { Stream, Target } from '../harness/target.ts'
import { fromBase64Url, type Json, utf8 } from './encoding.ts'
import { unpacked } from './halves.ts'
import known from './known-states.json'
import { BUS, nextJson, type Peer } from './peer.ts'
import { TENSOR } from './tensor.ts'
import { type Greeting, type TensorEnd, TensorTalk } from './tensor-session.ts'

const NAMES = 'experimental.distributed_llm'
export const LIST = `${NAMES}.shard.list`
export const WATCH = `${NAMES}.shard.watch`
export const CONNECT = `${NAMES}.shard.connect`
export const FORWARD = `${NAMES}.shard.forward`
export const HAND_ON = `${NAMES}.shard.hand_on`
export const OFFER = `${NAMES}.shard.offer`
export const WITHDRAW = `${NAMES}.shard.withdraw`
export const SHARING = `${NAMES}.sharing.get`
const SHARE = `${NAMES}.sharing.set`
const MODELS = `${NAMES}.model.list`
const IMPORT = `${NAMES}.model.import`
export const PURPOSE = 'shard.forward'
/** Until a model is here, and its layers are in memory. */
const READY_MS = 90_000
/** For one step of a few tokens, on a machine that does ten other things. */
export const STEP_MS = 20_000

/** Layers of the node's own model that it offers for the rest of the run. */
export interface Hosted {
  readonly model: string
  readonly weights: string
  /** Of the whole model, all of which are offered. */
  readonly layers: number
  readonly shardId: string
  readonly width: number
  readonly maxTokens: number
  readonly streams: number
  /** As it is advertised. */
  readonly shard: JsonObject
}

const listOf = (value: Json | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

export const offersOf = async ({ does }: Context): Promise<readonly JsonObject[]> =>
  listOf(member(await does(SHARING, {}), 'offers'))

/** Conversations that the node counts now. */
export const streamsOf = async (context: Context): Promise<number> =>
  (await offersOf(context)).reduce((sum, offer) => sum + Number(offer.streams), 0)

export const shardsOf = async (peer: Peer): Promise<readonly JsonObject[]> =>
  listOf(member(await peer.ask(LIST, {}), 'output', 'shards'))

/** Who offers what, as the node has heard. */
export const nodesOf = async ({ does }: Context): Promise<readonly JsonObject[]> =>
  listOf(member(await does(`${NAMES}.shard.directory`, {}), 'nodes'))
export const nodeOf = async (context: Context, nodeId: string): Promise<JsonObject | undefined> =>
  (await nodesOf(context)).find(({ node_id }) => node_id === nodeId)
export const shardsAt = (node: JsonObject | undefined): number => listOf(node?.shards).length
/** Until a node has looked who is there, and heard what they offer. */
export const HEARD_MS = 30_000

/** Has the person bring the model that comes with the app, share, and offer layers of it. */
export async function offered(context: Context, from: number, to: number): Promise<JsonObject> {
  const { does, eventually } = context
  const own = async (): Promise<JsonObject | undefined> =>
    listOf(member(await does(MODELS, {}), 'models')).find(({ source }) => source === 'app')
  const model = await own()
  ensure(model !== undefined, 'a model that comes with the app', 'none')
  if (model.state === 'offered') await does(IMPORT, { model: model.model ?? '', from: 'app' })
  ensure(await eventually(async () => (await own())?.state === 'ready', READY_MS), 'the model, whole', await own())
  await does(SHARE, { share: true })
  const id = member(await does(OFFER, { model: model.model ?? '', layers: { from, to } }), 'shard_id')
  const state = async (): Promise<Json | undefined> => (await offersOf(context)).find(({ shard_id }) => shard_id === id)?.state
  ensure(await eventually(async () => (await state()) === 'ready', READY_MS), 'layers that are ready', await offersOf(context))
  const [shard] = (await shardsOf(await context.peer('trusted'))).filter(({ shard_id }) => shard_id === id)
  ensure(shard !== undefined, `${String(id)} in the list`, 'not there')
  return shard
}

/** Layers that nobody offers. */
export const NOBODYS = { shard_id: 'nobody:0-1', weights_sha256: `sha256:${'0'.repeat(64)}` } as const
/** As `forward` takes them: two bytes for each of two tokens, one wide. */
export const HIDDEN = { tokens: 2, hidden: 'AAAAAA' } as const

/** A node whose person has not said yet that it shares. */
interface Unshared {
  readonly sharing: Json
  /** What a trusted peer is answered that wants something computed, and that asks for a list. */
  readonly refusals: readonly Json[]
  readonly listed: Json
  /** What the person is answered that offers layers of a model that is not there, and what is offered then. */
  readonly offer: Json
  readonly offers: Json
}

const unshared = new WeakMap<Target, Promise<Unshared>>()

/** What a node does before it shares. It is looked at once, before any case has it share: what was said once is not unsaid. */
export function beforeSharing(context: Context): Promise<Unshared> {
  const look = unshared.get(context.target) ?? looked(context)
  unshared.set(context.target, look)
  return look
}

async function looked({ does, seat, peer }: Context): Promise<Unshared> {
  const caller = await peer('trusted')
  return {
    sharing: await does(SHARING, {}),
    refusals: [await caller.ask(CONNECT, NOBODYS), await caller.ask(FORWARD, { ...NOBODYS, ...HIDDEN })],
    listed: await caller.ask(LIST, {}),
    offer: await seat.ask(OFFER, { model: 'nobody', layers: { from: 0, to: 1 } }),
    offers: member(await does(SHARING, {}), 'offers') ?? null,
  }
}

const hostings = new WeakMap<Target, Promise<Hosted>>()

/**
 * The node with all layers of its own model on offer. The first case that needs it has it brought; it stays so for the run, or every case
 * would wait for a model to load. So all of these cases stand in one queue.
 */
export function hosted(context: Context): Promise<Hosted> {
  const known = hostings.get(context.target)
  if (known) return known
  const hosting = prepared(context)
  hostings.set(context.target, hosting)
  // the next case tries again
  hosting.catch(() => hostings.delete(context.target))
  return hosting
}

async function prepared(context: Context): Promise<Hosted> {
  await beforeSharing(context)
  const layers = await layersOfApp(context)
  const shard = await offered(context, 0, layers - 1)
  return {
    model: String(shard.model),
    weights: String(shard.weights_sha256),
    layers,
    shardId: String(shard.shard_id),
    width: Number(shard.hidden_size),
    maxTokens: Number(shard.max_tokens),
    streams: Number(shard.max_concurrent_streams),
    shard,
  }
}

async function layersOfApp({ does }: Context): Promise<number> {
  const model = listOf(member(await does(MODELS, {}), 'models')).find(({ source }) => source === 'app')
  ensure(Number(model?.layers) > 0, 'a model with layers that comes with the app', model)
  return Number(model?.layers)
}

/** The grant of a conversation with a shard. @throws Violation */
export async function granted(peer: Peer, { shardId, weights }: Pick<Hosted, 'shardId' | 'weights'>): Promise<Greeting> {
  const answer = await peer.ask(CONNECT, { shard_id: shardId, weights_sha256: weights })
  ensure(outcomeOf(answer) === 'ok', 'a session and a token', answer)
  return {
    session_id: String(member(answer, 'output', 'session_id')),
    session_token: String(member(answer, 'output', 'session_token')),
    from: peer.nodeId,
    to: peer.target.nodeId,
    purpose: PURPOSE,
    preferred_dtype: member(answer, 'output', 'dtype') === 'fp32' ? 'fp32' : 'fp16',
  }
}

/** A HELLO on a stream of its own. @returns the session, or how it was refused */
export const greet = async (peer: Peer, greeting: Greeting): Promise<TensorTalk | TensorEnd> =>
  TensorTalk.open(await peer.line.open(TENSOR, 'none'), greeting)

/** An open conversation. @throws Violation */
export async function converse(peer: Peer, hosting: Pick<Hosted, 'shardId' | 'weights'>): Promise<TensorTalk> {
  const talk = await greet(peer, await granted(peer, hosting))
  ensure(talk instanceof TensorTalk, 'an open session', talk)
  return talk
}

/** Numbers that the suite knows of the demonstration model, decoded. */
export const KNOWN = {
  ...known,
  given: unpacked(fromBase64Url(known.given), 'fp16'),
  made: known.made.map(({ from, to, hidden }) => ({ from, to, hidden: unpacked(fromBase64Url(hidden), 'fp32') })),
}

/** Hidden states of so many tokens that no case knows the result of; others for each seed. */
export const waves = (tokens: number, width: number, seed = 1): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: tokens * width }, (_, at) => Math.sin((at + 1) * (seed + 1) * 0.3) * 0.5)

/** How far honest devices may be apart that computed the same steps in dynamic int8 (DLM-6). */
const ELEMENT = 2 ** -5
const ROW = 2 ** -7

/** Whether rows are those that were expected, within what DLM-6 allows. */
export function ensureRows(made: Float32Array, expected: Float32Array, width: number, what: string): void {
  ensure(made.length === expected.length, `${what}: ${expected.length} elements`, made.length)
  for (let row = 0; row * width < expected.length; row++) {
    const [ours, theirs] = [expected, made].map((all) => all.subarray(row * width, (row + 1) * width))
    if (!ours || !theirs) return
    const size = ours.reduce((sum, value) => sum + value * value, 0)
    const apart = ours.reduce((sum, value, at) => sum + (value - (theirs[at] ?? Number.NaN)) ** 2, 0)
    const mean = Math.sqrt(size / width)
    const wrong = ours.findIndex(
      (value, at) => !(Math.abs(value - (theirs[at] ?? Number.NaN)) <= ELEMENT * (Math.abs(value) + mean)),
    )
    ensure(wrong < 0 && apart <= size * ROW ** 2, `${what}: row ${row} as it is known`, {
      ...{ element: wrong, expected: ours[Math.max(0, wrong)], observed: theirs[Math.max(0, wrong)] },
      apart: Math.sqrt(apart / size),
    })
  }
}

/** A streaming call of a peer: its frames as they come, each acknowledged. */
export interface Following {
  /** The next frame, or null when there is none in that time. */
  next(waitMs?: number): Promise<Json | null>
  cancel(): Promise<void>
  hangUp(): void
}

export async function follow(peer: Peer, capability: string, input: Json): Promise<Following> {
  const stream: Stream = await peer.line.open(BUS)
  const say = (value: Json): Promise<void> => stream.send(utf8(JSON.stringify(value)))
  await say(peer.request(capability, input))
  return {
    async next(waitMs = STEP_MS) {
      const frame = await nextJson(stream, waitMs).catch(() => null)
      const seq = member(frame, 'seq')
      if (typeof seq === 'number' && member(frame, 'event') === 'data')
        await say({ type: 'ack', upto: seq }).catch(() => undefined)
      return frame
    },
    cancel: () => say({ type: 'cancel' }),
    hangUp: () => stream.abort(),
  }
}

/** What came of an answer, frame by frame, until it was done or refused. */
export interface Told {
  readonly text: string
  readonly frames: readonly JsonObject[]
  /** Null where it was refused. */
  readonly ending: JsonObject | null
  /** Code of the refusal. */
  readonly code: string | null
}

/** Hears an answer out (`AnswerFrame`). @throws Violation when it falls silent */
export async function heardOut(next: () => Promise<Json | null>): Promise<Told> {
  const frames: JsonObject[] = []
  let text = ''
  for (;;) {
    const frame = await next()
    ensure(frame !== null, 'another frame, or the end', `silence after ${shown(frames.slice(-2))}`)
    const failed =
      member(frame, 'error', 'code') ?? (member(frame, 'event') === 'error' ? member(frame, 'data', 'code') : undefined)
    if (failed !== undefined) return { text, frames, ending: null, code: String(failed) }
    const data = member(frame, 'data')
    ensure(isObject(data), 'a frame with data', frame)
    if (member(frame, 'event') === 'done') return { text, frames, ending: data, code: null }
    frames.push(data)
    if (data.frame === 'token_delta') text += String(data.text)
    if (data.frame === 'taken_back') text = String(data.text)
  }
}

/** The person asks (`chat`). */
export async function chatted({ seat }: Context, input: Json): Promise<Told> {
  if (!seat.open) throw new Error('this target has no streaming calls')
  const talk = await seat.open(`${NAMES}.chat`, input)
  try {
    return await heardOut(async () => {
      const frame = await talk.hear(STEP_MS)
      const seq = member(frame, 'seq')
      if (typeof seq === 'number' && member(frame, 'event') === 'data') await talk.say({ type: 'ack', upto: seq })
      return frame
    })
  } finally {
    talk.abort()
  }
}
