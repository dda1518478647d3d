import { isObject, type JsonObject, member, outcomeOf } from '../harness/case.ts'
import type { Random } from '../harness/random.ts'
import type { Stream, Target, Wire } from '../harness/target.ts'
import { type Bytes, contentId, gossipTopic, type Identity, type Json, text, ulidOf, utf8, wireTime } from './encoding.ts'
import type { Draft } from './envelopes.ts'

export const BUS = '/hearthnet/bus/3.0.0'
export const SYNC = '/hearthnet/sync/3.0.0'

/** Of ten calls a second that a node serves (BUS-6) so many may be those of the case before. */
const EARLIER_CALLS = 5
const SECOND_MS = 1100

/** How long an answer may take before the case says so. */
export const ANSWER_MS = 20_000
/** Ids that one frame may ask for. */
const WANT_IDS = 256
/** An `open` or `message` of Negentropy protocol 1 whose sender holds nothing: one list of no ids up to infinity. */
const HOLDS_NOTHING = '6100000200'
/** An `open` that asks about no range: nobody lists anything. */
const ASKS_NOTHING = '61'

/** What came back on one stream, until it ended or fell silent. */
export interface Reply {
  readonly frames: readonly Json[]
  readonly ended: 'end' | 'reset' | 'silence'
}

export type Envelope = JsonObject

export interface SignedEvent extends JsonObject {
  readonly author: string
  readonly lamport: number
  readonly signature: string
}

const encode = (value: unknown): Bytes => utf8(JSON.stringify(value))
const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** One peer of the system under test: an identity, a connection, and what a node would say over it. */
export class Peer {
  readonly identity: Identity
  readonly target: Target
  readonly wire: Wire | null
  readonly random: Random
  #lamport = 1
  #prev: string | null = null
  /** What it signed, that may have been taken and that nothing follows. */
  readonly #loose = new Set<SignedEvent>()
  /** When it made its last calls. */
  readonly #called: number[] = []
  /** Takes each line of the transcript of the case that has this peer now. */
  log: (line: string) => void

  constructor(
    target: Target,
    wire: Wire | null,
    identity: Identity,
    options: { readonly random: Random; readonly log: (line: string) => void },
  ) {
    this.target = target
    this.wire = wire
    this.identity = identity
    this.random = options.random
    this.log = options.log
    wire?.serve(BUS, (stream) => void decline(stream))
  }

  /** Milliseconds until its calls do not count against whoever has it next (BUS-6). */
  get restMs(): number {
    const [first = Number.NEGATIVE_INFINITY] = this.#called.slice(-EARLIER_CALLS - 1)
    return this.#called.length > EARLIER_CALLS ? Math.max(0, first + SECOND_MS - performance.now()) : 0
  }

  #calls(): void {
    this.#called.push(performance.now())
    if (this.#called.length > EARLIER_CALLS + 1) this.#called.shift()
  }

  get nodeId(): string {
    return this.identity.nodeId
  }

  get community(): string {
    const { community } = this.target
    if (community === null) throw new Error('the system under test is in no community')
    return community
  }

  /** @throws Error without a connection: a case that uses it needs `wire` */
  get line(): Wire {
    if (!this.wire) throw new Error('this target has no connections')
    return this.wire
  }

  ulid(): string {
    return ulidOf(Date.now(), this.random.bytes(10))
  }

  /** A request as BUS-3 has it. Members of `overrides` take their place; undefined takes one away. */
  request(capability: string, input: Json, overrides: Draft = {}): Envelope {
    const made: { [key: string]: Json | undefined } = {
      capability,
      version: '1.0',
      request_id: this.ulid(),
      from: this.nodeId,
      community: this.target.community,
      timestamp: wireTime(Date.now()),
      body: { params: {}, input },
      ...overrides,
    }
    const kept: { [key: string]: Json } = {}
    for (const [name, value] of Object.entries(made)) if (value !== undefined) kept[name] = value
    return kept
  }

  /** Sends frames on a stream of its own and hears until the other side is done. */
  async talk(protocol: string, frames: readonly Uint8Array[], waitMs = ANSWER_MS): Promise<Reply> {
    const heard: Json[] = []
    let stream: Stream
    this.#calls()
    try {
      stream = await this.line.open(protocol)
    } catch (failure) {
      this.log(`${protocol}: no stream (${failure instanceof Error ? failure.message : String(failure)})`)
      return { frames: heard, ended: 'reset' }
    }
    try {
      for (const frame of frames) {
        this.log(`→ ${preview(frame)}`)
        await stream.send(frame).catch(() => undefined)
      }
      const until = Date.now() + waitMs
      for (;;) {
        const next = await stream.next(Math.max(0, until - Date.now()))
        if (next.kind !== 'frame') {
          this.log(`← (${next.kind})`)
          return { frames: heard, ended: next.kind }
        }
        this.log(`← ${preview(next.bytes)}`)
        heard.push(parse(next.bytes))
      }
    } finally {
      stream.abort()
    }
  }

  /** Sends an envelope as it is. @returns the first answer, or null where there was none */
  async deliver(envelope: Json, waitMs = ANSWER_MS): Promise<Json | null> {
    this.#calls()
    if (!this.wire) {
      const answer = (await this.target.post?.(encode(this.signedFor(envelope)))) ?? null
      this.log(`→ ${preview(encode(envelope))}`)
      this.log(`← ${preview(encode(answer))}`)
      return answer
    }
    const stream = await this.wire.open(BUS)
    try {
      const body = encode(envelope)
      this.log(`→ ${preview(body)}`)
      await stream.send(body)
      const next = await stream.next(waitMs)
      this.log(`← ${next.kind === 'frame' ? preview(next.bytes) : `(${next.kind})`}`)
      return next.kind === 'frame' ? parse(next.bytes) : null
    } finally {
      stream.abort()
    }
  }

  /** Without a connection that proves who speaks a request is signed (BUS-3), unless the case signed it. */
  private signedFor(envelope: Json): Json {
    return isObject(envelope) && !('signature' in envelope) ? { ...this.identity.sign(envelope) } : envelope
  }

  /** One call as a well-behaved peer makes it: told to wait, it waits (BUS-6). @returns the answer */
  async ask(capability: string, input: Json, overrides: Draft = {}): Promise<Json> {
    for (let tries = 0; ; tries++) {
      const answer = await this.deliver(this.request(capability, input, overrides))
      if (outcomeOf(answer) !== 'rate_limited' || tries > 20) return answer
      const wait = member(answer, 'error', 'retry_after_ms')
      await delay(typeof wait === 'number' ? wait + 1 : 200)
    }
  }

  /** A signed event that follows this author's last. Members of `overrides` are put in before it is signed. */
  event(type: string, data: Json, overrides: Draft = {}): SignedEvent {
    const made = this.identity.sign({
      schema_version: 1,
      event_id: this.ulid(),
      lamport: this.#lamport + 1,
      wall_clock: wireTime(Date.now()),
      community_id: this.community,
      author: this.nodeId,
      prev: this.#prev,
      event_type: type,
      data,
      ...overrides,
    }) as SignedEvent // JSON with its three members, whatever else a case put in
    this.#loose.add(made)
    return made
  }

  /** From now on this event is the one the next follows. */
  follow(event: SignedEvent): void {
    this.#prev = contentId(event)
    this.#lamport = Math.max(this.#lamport, event.lamport)
    this.#loose.delete(event)
  }

  /** Nothing it signed and did not follow was taken anywhere. */
  discard(): void {
    this.#loose.clear()
  }

  /** Whether nothing it signed may lie beside its chain: what it signs next would be its other word (EVT-5). */
  get isWhole(): boolean {
    return this.#loose.size === 0
  }

  /** The Lamport time that later events exceed. */
  get lamport(): number {
    return this.#lamport
  }

  seen(lamport: number): void {
    this.#lamport = Math.max(this.#lamport, lamport)
  }

  /** Joins with an invite (COM-3). @returns the answer of the door */
  async join(invite: { readonly token: string; readonly lamport: number }, name: string): Promise<Json> {
    this.seen(invite.lamport)
    const event = this.event('community.member.joined', { invite: invite.token, display_name: name })
    const answer = await this.ask('community.join', { event })
    if (outcomeOf(answer) === 'ok') this.follow(event)
    else this.#loose.delete(event)
    return answer
  }

  /**
   * Opens a reconciliation and says that it holds nothing. @param asking its first message
   * @returns the stream and what the system lists
   */
  async openSync(asking = HOLDS_NOTHING): Promise<{ readonly stream: Stream; readonly ids: readonly string[] }> {
    const stream = await this.line.open(SYNC)
    await stream.send(encode({ type: 'open', community_id: this.community, negentropy: asking }))
    const answer = await nextJson(stream)
    const message = member(answer, 'negentropy')
    if (typeof message !== 'string') throw new Error(`no reconciliation: ${JSON.stringify(answer)}`)
    return { stream, ids: listedIds(message) }
  }

  /** Content ids of all events the system offers of this Lamport time. */
  offeredAt(lamport: number): Promise<readonly string[]> {
    return this.offered(holdsNothingFrom(lamport, lamport))
  }

  /**
   * Content ids of all events the system offers from the earliest of these moments to the latest: after thousands of events the list of
   * all is long. It is that list where one of them has no Lamport time that an event can have.
   */
  offeredAround(events: readonly Json[]): Promise<readonly string[]> {
    const times = events.map((event) => member(event, 'lamport')).filter(isLamport)
    if (times.length === 0 || times.length < events.length) return this.offered()
    return this.offered(holdsNothingFrom(Math.min(...times), Math.max(...times)))
  }

  /** Content ids of all events the system offers. */
  async offered(asking?: string): Promise<readonly string[]> {
    const { stream, ids } = await this.openSync(asking)
    await stream.send(encode({ type: 'done' }))
    await stream.end()
    return ids
  }

  /** Hands over events by reconciliation. @returns which of their moments' events it offers once it has judged them */
  async give(events: readonly Json[]): Promise<readonly string[]> {
    await this.hand(events)
    return this.offeredAround(events)
  }

  /** Hands over events and does not ask what became of them. */
  async hand(events: readonly Json[]): Promise<void> {
    const stream = await this.line.open(SYNC)
    await stream.send(encode({ type: 'open', community_id: this.community, negentropy: ASKS_NOTHING }))
    await nextJson(stream)
    await stream.send(encode({ type: 'events', events: [...events] }))
    const answer = await nextJson(stream)
    if (member(answer, 'type') !== 'stored') throw new Error(`events were not taken: ${JSON.stringify(answer)}`)
    await stream.send(encode({ type: 'done' }))
    await stream.end()
  }

  /** Gives one event and says whether it is offered to others afterwards. */
  async gives(event: SignedEvent): Promise<boolean> {
    await this.hand([event])
    const taken = (await this.offeredAt(event.lamport)).includes(contentId(event))
    if (!taken) this.#loose.delete(event)
    return taken
  }

  /** Writes an event that must be taken. @throws Error otherwise */
  async write(type: string, data: Json): Promise<SignedEvent> {
    const event = this.event(type, data)
    if (!(await this.gives(event))) throw new Error(`a plain ${type} was not taken`)
    this.follow(event)
    return event
  }

  /** Events by their ids, as the system serves them. */
  async fetch(ids: readonly string[]): Promise<readonly Json[]> {
    const { stream } = await this.openSync(ASKS_NOTHING)
    await stream.send(encode({ type: 'want', ids: [...ids] }))
    const events = member(await nextJson(stream), 'events')
    await stream.send(encode({ type: 'done' }))
    await stream.end()
    return Array.isArray(events) ? (events as readonly Json[]) : [] // Array.isArray forgets that it is JSON
  }

  /** As `fetch`, for more than fits into one frame: asks for the rest until none of it is there. */
  async fetchAll(ids: readonly string[]): Promise<readonly Json[]> {
    const found: Json[] = []
    let open = [...ids]
    while (open.length > 0) {
      const asked = open.slice(0, WANT_IDS)
      const events = await this.fetch(asked)
      found.push(...events)
      const held = new Set(events.map(contentId))
      open = events.length === 0 ? open.slice(WANT_IDS) : open.filter((id) => !held.has(id))
    }
    return found
  }

  async publish(bytes: Uint8Array): Promise<void> {
    await this.line.publish(gossipTopic(this.community), bytes)
  }

  async stop(): Promise<void> {
    await this.wire?.stop()
  }
}

/** Answers a call as a node does that has no modules; in silence whoever asks would wait until its time is over. */
async function decline(stream: Stream): Promise<void> {
  try {
    const request_id = member(await nextJson(stream), 'request_id') ?? null
    const error = { code: 'not_implemented', message: 'a peer of the suite serves nothing' }
    await stream.send(encode({ request_id, error }))
    await stream.end()
  } catch {
    // who asked has hung up, which is no concern of the case that runs
  }
}

/** @throws Error when none comes */
export async function nextJson(stream: Stream, waitMs = ANSWER_MS): Promise<Json> {
  const next = await stream.next(waitMs)
  if (next.kind !== 'frame') throw new Error(`no frame but ${next.kind}`)
  return parse(next.bytes)
}

function parse(bytes: Bytes): Json {
  try {
    return JSON.parse(text(bytes)) as Json // what JSON.parse returns
  } catch {
    return { unreadable: bytes.length }
  }
}

const PREVIEW = 400
function preview(bytes: Uint8Array): string {
  const head = new TextDecoder().decode(bytes.subarray(0, PREVIEW))
  return bytes.length > PREVIEW ? `${head}… (${bytes.length} bytes)` : head
}

/** The latest Lamport time that an event may have (EVT-2). */
const LATEST = 2 ** 48
const isLamport = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= LATEST

/** A first message that skips what was before these times and after them, and says that it holds nothing of them (SYN-5). */
function holdsNothingFrom(first: number, last: number): string {
  const [skipped, empty] = [`${varint(first + 1)}0000`, `${varint(last - first + 2)}000200`]
  return `61${skipped}${empty}`
}

/** Base 128, most significant digit first, in hex (SYN-5). */
function varint(value: number): string {
  const digits = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift((rest % 128) + 128)
  return digits.map((digit) => digit.toString(16).padStart(2, '0')).join('')
}

/** Ids in a Negentropy message that is one list, as the answer to `HOLDS_NOTHING` is. */
function listedIds(message: string): readonly string[] {
  const bytes = Uint8Array.from(message.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  let at = 1
  const varint = (): number => {
    let value = 0
    for (;;) {
      const byte = bytes[at++]
      if (byte === undefined) throw new Error('a reconciliation message ends too early')
      value = value * 128 + (byte & 127)
      if (byte < 128) return value
    }
  }
  const ids: string[] = []
  while (at < bytes.length) {
    varint()
    const prefix = varint()
    at += prefix
    const mode = varint()
    if (mode === 1) at += 16
    if (mode !== 2) continue
    for (let left = varint(); left > 0; left--) {
      ids.push(`blake3:${[...bytes.subarray(at, at + 32)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`)
      at += 32
    }
  }
  return ids
}
