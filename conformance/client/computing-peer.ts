import { type JsonObject, member } from '../harness/case.ts'
import type { Stream } from '../harness/target.ts'
import { type Json, utf8 } from './encoding.ts'
import { CONNECT, converse, type Hosted, PURPOSE, STEP_MS, WATCH } from './layers.ts'
import { BUS, nextJson, type Peer } from './peer.ts'
import { TENSOR } from './tensor.ts'
import { hiddenTensor, TensorTalk, valuesOf } from './tensor-session.ts'

/** What a peer does instead of computing. */
export type Misdeed =
  | { readonly kind: 'gives'; readonly change: (rows: Float32Array<ArrayBuffer>) => Float32Array<ArrayBuffer> }
  /** Ends the session, or its connection, when it has taken so many tokens. */
  | { readonly kind: 'leaves'; readonly at: number }

/** A peer of the suite that offers layers, as `protocol/experimental/26-distributed-inference.md` has it. */
export interface ComputingPeer {
  readonly nodeId: string
  /** Capabilities that it was asked for, in order. */
  readonly asked: readonly string[]
  /** Sessions that are open now. */
  readonly sessions: number
  /** Tokens that it was given. */
  readonly tokens: number
  misdeed: Misdeed | null
  /** Tells who watches what it offers from now on. */
  offer(shards: readonly Json[]): Promise<void>
  /** Says nothing any more, to whatever it is asked; its connection stays. */
  fallSilent(): void
}

/** Between two frames of a watch; DLM-1 asks for one every 5 seconds. */
const BEAT_MS = 4000

interface Options {
  /** What it answers other calls with. */
  readonly answers?: { readonly [capability: string]: Json }
}

interface Watch {
  readonly stream: Stream
  seq: number
}

/**
 * Has no model: what it is given it takes to the layers that the node under test offers itself, as any peer may, and gives back what comes.
 * So what it computes is right, unless it is told to do wrong.
 */
export function computing(peer: Peer, hosting: Hosted, { answers = {} }: Options = {}): ComputingPeer {
  const asked: string[] = []
  const watches = new Set<Watch>()
  const sessions = new Set<TensorTalk>()
  const grants = new Map<string, string>()
  let shards: readonly Json[] = [hosting.shard]
  let tokens = 0
  let misdeed: Misdeed | null = null
  let silent = false

  const say = (stream: Stream, value: Json): Promise<void> => stream.send(utf8(JSON.stringify(value)))

  async function beat(watch: Watch): Promise<void> {
    await say(watch.stream, { event: 'data', seq: watch.seq++, data: { shards } }).catch(() => watches.delete(watch))
  }

  /** Beats until the other side is gone; what it acknowledges is of no interest. */
  async function watched(stream: Stream): Promise<void> {
    const watch: Watch = { stream, seq: 0 }
    watches.add(watch)
    await beat(watch)
    while (watches.has(watch)) {
      const heard = await stream.next(BEAT_MS)
      if (heard.kind === 'end' || heard.kind === 'reset') watches.delete(watch)
      // it may have been told to fall silent meanwhile
      else if (heard.kind === 'silence' && watches.has(watch)) await beat(watch)
    }
  }

  async function answer(stream: Stream): Promise<void> {
    const request = await nextJson(stream)
    const capability = String(member(request, 'capability'))
    const request_id = member(request, 'request_id') ?? null
    asked.push(capability)
    if (silent) return
    if (capability === WATCH) return watched(stream)
    const fixed = answers[capability]
    if (fixed !== undefined) {
      await say(stream, { request_id, output: fixed, meta: { ms: 1 } })
      return stream.end()
    }
    if (capability !== CONNECT) {
      await say(stream, { request_id, error: { code: 'not_implemented', message: 'a peer that only computes' } })
      return stream.end()
    }
    const session_id = peer.ulid()
    const session_token = `hntoken://v1/${session_id}`
    grants.set(session_id, session_token)
    const output = { session_id, session_token, dtype: hosting.shard.dtype ?? 'fp32', max_tokens: hosting.maxTokens }
    await say(stream, { request_id, output, meta: { ms: 1 } })
    await stream.end()
  }

  async function compute(stream: Stream): Promise<void> {
    const dtype = hosting.shard.dtype === 'fp32' ? 'fp32' : 'fp16'
    const talk = await TensorTalk.accept(stream, dtype)
    if (!(talk instanceof TensorTalk)) return
    const { session_id, session_token, purpose } = talk.hello
    if (grants.get(String(session_id)) !== session_token || purpose !== PURPOSE) return talk.bye('unauthorized')
    sessions.add(talk)
    void talk.ended.then(() => sessions.delete(talk))
    const node = await converse(peer, hosting)
    void talk.ended.then(() => node.bye('done'))
    let taken = 0
    while (!talk.over) {
      const given = await talk.next(STEP_MS)
      if (!given) continue
      const rows = given.shape[1] ?? 0
      tokens += rows
      taken += rows
      if (misdeed?.kind === 'leaves' && taken > misdeed.at) return talk.bye('withdrawn')
      await node.send(hiddenTensor(given.id, valuesOf(given), hosting.width, node.dtypeWith(dtype)))
      const made = await node.next(STEP_MS)
      if (!made) return talk.bye('lost')
      const values = misdeed?.kind === 'gives' ? misdeed.change(valuesOf(made)) : valuesOf(made)
      await talk.send(hiddenTensor(given.id, values, hosting.width, talk.dtypeWith(dtype)))
    }
  }

  peer.line.serve(BUS, (stream) => void answer(stream).catch(() => stream.abort()))
  peer.line.serve(TENSOR, (stream) => void compute(stream).catch(() => stream.abort()))
  return {
    nodeId: peer.nodeId,
    asked,
    get sessions() {
      return sessions.size
    },
    get tokens() {
      return tokens
    },
    get misdeed() {
      return misdeed
    },
    set misdeed(now) {
      misdeed = now
    },
    async offer(now) {
      shards = now
      await Promise.all([...watches].map(beat))
    },
    fallSilent() {
      silent = true
      watches.clear()
    },
  }
}

/** A shard as it is advertised, changed. */
export const shardLike = (shard: JsonObject, change: JsonObject): Json => ({ ...shard, ...change })
