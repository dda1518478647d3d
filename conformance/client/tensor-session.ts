import { isObject, type JsonObject, member } from '../harness/case.ts'
import { Inbox } from '../harness/inbox.ts'
import type { Stream } from '../harness/target.ts'
import { type Bytes, concat, type Json, text, utf8 } from './encoding.ts'
import { packed, unpacked, type Width } from './halves.ts'
import { ANSWER_MS } from './peer.ts'
import { firstFrame, HEADER_BYTES, type Head, type TensorFrame, TYPE, tensorFrame } from './tensor.ts'

/** Numbers of element types (TEN-4). */
const DTYPES = { fp16: 1, fp32: 2, bf16: 3, int8: 4 } as const
export type Dtype = keyof typeof DTYPES
const FINAL = 2
const WINDOW = 16
const NEGOTIATION = { compression: 'none', max_chunk_bytes: 65_536, flow_window: WINDOW } as const
/** A stream is listened to in turns: no timer of ours outlives it for long. */
const LISTEN_MS = 2000

/** A whole tensor, its bytes as they came. */
export interface WireTensor {
  readonly id: number
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly bytes: Bytes
}

/** How a session ended: the word of NACK or BYE, or how the stream went. */
export interface TensorEnd {
  readonly type: 'nack' | 'bye' | 'end' | 'reset'
  readonly word: string
}

/** What is said in HELLO beside what always is (TEN-5). */
export interface Greeting {
  readonly session_id: string
  readonly session_token: string
  readonly from: string
  readonly to: string
  readonly purpose: string
  readonly preferred_dtype: Dtype
}

type Said = { readonly [field in keyof Greeting]: Json | undefined }

/** A TENSOR_DATA payload (TEN-4). */
function tensorData(tensor: WireTensor, bytes: Uint8Array = tensor.bytes): Bytes {
  const head = new Uint8Array(4 + 4 * tensor.shape.length)
  const view = new DataView(head.buffer)
  view.setUint16(0, tensor.id)
  view.setUint8(2, DTYPES[tensor.dtype])
  view.setUint8(3, tensor.shape.length)
  for (const [at, size] of tensor.shape.entries()) view.setUint32(4 + 4 * at, size)
  return concat(head, bytes)
}

/** Hidden states of one step of a conversation, [1, tokens, width] (DLM-3). */
export const hiddenTensor = (id: number, values: Float32Array, width: number, dtype: Width): WireTensor => ({
  ...{ id, dtype, shape: [1, values.length / width, width] },
  bytes: packed(values, dtype),
})

/** Elements of a tensor in either of the two types that hidden states go in. */
export const valuesOf = ({ dtype, bytes }: WireTensor): Float32Array<ArrayBuffer> =>
  unpacked(bytes, dtype === 'fp32' ? 'fp32' : 'fp16')

/** One side of an open session (X08), as `protocol/experimental/08-tensor-transport.md` has it; it compresses nothing. */
export class TensorTalk {
  readonly #stream: Stream
  readonly #tensors = new Inbox<WireTensor | TensorEnd>()
  readonly #frames = new Inbox<TensorFrame | TensorEnd>()
  readonly #end: Promise<TensorEnd>
  #settle: (end: TensorEnd) => void = () => undefined
  #credits = 0
  #wake: () => void = () => undefined
  #seq = 0
  #over: TensorEnd | null = null
  #turn: Promise<unknown> = Promise.resolve()
  readonly #unfinished = new Map<number, WireTensor>()
  /** What the other side said first. */
  hello: JsonObject = {}

  private constructor(stream: Stream) {
    this.#stream = stream
    this.#end = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  /** Says HELLO and hears the other side's. @returns how it ended where it was refused */
  static async open(stream: Stream, greeting: Greeting): Promise<TensorTalk | TensorEnd> {
    const talk = new TensorTalk(stream)
    void talk.#listen()
    await talk.frame({ type: TYPE.hello }, helloOf(greeting))
    return talk.#greeted()
  }

  /** Hears HELLO and answers it, in the name of `from`. */
  static async accept(stream: Stream, preferred_dtype: Dtype): Promise<TensorTalk | TensorEnd> {
    const talk = new TensorTalk(stream)
    void talk.#listen()
    const greeted = await talk.#greeted()
    if (greeted !== talk) return greeted
    const { session_id, session_token, from, to, purpose } = talk.hello
    const own = { session_id, session_token, from: to, to: from, purpose, preferred_dtype }
    await talk.frame({ type: TYPE.hello }, helloOf(own))
    return talk
  }

  /** Resolves with how it ended. */
  get ended(): Promise<TensorEnd> {
    return this.#end
  }

  get over(): TensorEnd | null {
    return this.#over
  }

  /** Whether both sides prefer fp32: hidden states go in fp16 otherwise (TEN-4). */
  dtypeWith(own: Dtype): Width {
    return own === 'fp32' && member(this.hello, 'negotiation', 'preferred_dtype') === 'fp32' ? 'fp32' : 'fp16'
  }

  /** One frame as it is, with the next number. */
  frame(head: Omit<Head, 'seq'>, payload?: Uint8Array): Promise<void> {
    return this.#inTurn(() => this.#stream.send(tensorFrame({ seq: ++this.#seq, ...head }, payload)))
  }

  /** Leaves out a number. */
  skip(): void {
    this.#seq += 1
  }

  /** A whole tensor, when there is credit for it; in as many pieces as are given. */
  async send(tensor: WireTensor, { pieces = 1, flags = 0 } = {}): Promise<void> {
    const length = Math.ceil(tensor.bytes.length / pieces)
    for (let piece = 0; piece < pieces; piece++) {
      await this.#spend()
      const last = piece === pieces - 1 ? FINAL : 0
      const part = tensor.bytes.slice(piece * length, (piece + 1) * length)
      await this.frame({ type: TYPE.data, flags: last | flags }, tensorData(tensor, part))
    }
    await this.#spend()
    const id = new Uint8Array(2)
    new DataView(id.buffer).setUint16(0, tensor.id)
    await this.frame({ type: TYPE.end }, id)
  }

  /** The next whole tensor, or null when there is none in that time, or no more. */
  async next(waitMs: number): Promise<WireTensor | null> {
    const heard = await this.#tensors.take(waitMs)
    return heard === null || 'word' in heard ? null : heard
  }

  /** The next frame that is none of a tensor, of credit or of its end, or null in that time. */
  async control(waitMs: number): Promise<TensorFrame | null> {
    const heard = await this.#frames.take(waitMs)
    return heard === null || 'word' in heard ? null : heard
  }

  /** How it ended, or null while it goes on after that time. */
  async endWithin(waitMs: number): Promise<TensorEnd | null> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), waitMs)
    })
    const ended = await Promise.race([this.#end, late])
    clearTimeout(timer)
    return ended
  }

  async bye(word: string): Promise<void> {
    if (!this.#over) await this.frame({ type: TYPE.bye }, utf8(word)).catch(() => undefined)
    await this.#stream.end()
    this.#finish({ type: 'end', word: '' })
  }

  hangUp(): void {
    this.#stream.abort()
    this.#finish({ type: 'reset', word: '' })
  }

  async #greeted(): Promise<TensorTalk | TensorEnd> {
    const first = await this.#frames.take(ANSWER_MS)
    if (first === null) return { type: 'reset', word: 'no HELLO' }
    if ('word' in first) return first
    const hello: Json = JSON.parse(text(first.payload))
    if (!isObject(hello)) return { type: 'reset', word: 'a HELLO that is no object' }
    this.hello = hello
    this.#grant(Number(member(hello, 'negotiation', 'flow_window')))
    return this
  }

  async #listen(): Promise<void> {
    let rest: Bytes = new Uint8Array(0)
    while (!this.#over) {
      const heard = await this.#stream.next(LISTEN_MS)
      if (heard.kind === 'silence') continue
      if (heard.kind !== 'frame') return this.#finish({ type: heard.kind, word: '' })
      rest = concat(rest, heard.bytes)
      for (let frame = firstFrame(rest); frame && !this.#over; frame = firstFrame(rest)) {
        rest = rest.slice(HEADER_BYTES + frame.payload.length)
        await this.#hear(frame).catch(() => undefined)
      }
    }
  }

  async #hear(frame: TensorFrame): Promise<void> {
    const { type, payload } = frame
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length)
    if (type === TYPE.nack || type === TYPE.bye)
      return this.#finish({ type: type === TYPE.nack ? 'nack' : 'bye', word: text(payload) })
    if (type === TYPE.flowctl) return this.#grant(Number(member(JSON.parse(text(payload)), 'credits_added')))
    if (type === TYPE.data) {
      this.#collect(payload, view)
      return this.#acknowledge(frame.seq)
    }
    if (type === TYPE.end) {
      const tensor = this.#unfinished.get(view.getUint16(0))
      this.#unfinished.delete(view.getUint16(0))
      if (tensor) this.#tensors.push(tensor)
      return this.#acknowledge(frame.seq)
    }
    if (type === TYPE.ping) return this.frame({ type: TYPE.pong }, payload)
    if (type !== TYPE.ack) this.#frames.push(frame)
  }

  #collect(payload: Bytes, view: DataView): void {
    const id = view.getUint16(0)
    const dims = view.getUint8(3)
    const dtype = Object.entries(DTYPES).find(([, number]) => number === view.getUint8(2))?.[0] ?? 'fp16'
    const shape = Array.from({ length: dims }, (_, at) => view.getUint32(4 + 4 * at))
    const bytes = payload.slice(4 + 4 * dims)
    const before = this.#unfinished.get(id)?.bytes ?? new Uint8Array(0)
    this.#unfinished.set(id, { id, dtype: dtype as Dtype, shape, bytes: concat(before, bytes) }) // a key of the table
  }

  /** Acknowledges a frame, and gives back the credit that it took. */
  async #acknowledge(seq: number): Promise<void> {
    const upto = new Uint8Array(4)
    new DataView(upto.buffer).setUint32(0, seq)
    await this.frame({ type: TYPE.ack }, upto)
    await this.frame({ type: TYPE.flowctl }, utf8(JSON.stringify({ window: WINDOW, credits_added: 1 })))
  }

  #grant(credits: number): void {
    this.#credits += credits
    this.#wake()
  }

  async #spend(): Promise<void> {
    while (this.#credits === 0 && !this.#over)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    this.#credits -= 1
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(task)
    this.#turn = done.catch(() => undefined)
    return done
  }

  #finish(end: TensorEnd): void {
    if (this.#over) return
    this.#over = end
    this.#wake()
    // who waits need not wait any longer
    this.#frames.push(end)
    this.#tensors.push(end)
    this.#settle(end)
  }
}

function helloOf({ preferred_dtype, ...said }: Said): Bytes {
  return utf8(JSON.stringify({ ...said, negotiation: { preferred_dtype, ...NEGOTIATION } }))
}
