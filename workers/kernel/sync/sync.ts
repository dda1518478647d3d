import { fromHex, toHex, utf8 } from '#protocol/core/encoding.ts'
import { HearthError, isErrorCode, toHearthError } from '#protocol/core/errors.ts'
import { type ContentId, type NodeId, parseContentId } from '#protocol/core/ids.ts'
import { parseJson } from '#protocol/core/json.ts'
import { parseAs } from '#protocol/core/schema.ts'
import {
  SYNC_BATCH_EVENTS,
  SYNC_IDLE_SECONDS,
  SYNC_MAX_FRAME_BYTES,
  SYNC_NEGENTROPY_BYTES,
  SYNC_PROTOCOL,
  type SyncFrame,
  SyncFrameSchema,
} from '#protocol/core/sync.ts'
import type { EventLog } from '../log/log.ts'
import type { FramedStream, Mesh } from '../mesh/mesh.ts'
import type { Runtime } from '../runtime.ts'
import { createNegentropy, NEGENTROPY_END, type Negentropy } from './negentropy.ts'

export interface SyncDeps {
  readonly runtime: Runtime
  readonly mesh: Mesh
  readonly log: EventLog
}

export interface ServeDeps {
  readonly runtime: Runtime
  readonly mesh: Mesh
  readonly log: () => EventLog | null
  readonly isMember: (peer: NodeId) => boolean
  /** A member begins to compare. */
  readonly compares: (peer: NodeId) => void
}

/** What one reconciliation moved. */
export interface SyncReport {
  readonly received: number
  readonly sent: number
  /** Bytes of all frames, both ways. */
  readonly bytes: number
}

/** Events in one frame stay below this, so that a batch of large ones fits the frame limit. */
const BATCH_BYTES = 1024 * 1024
const HASH_TAG = 'blake3:'

const negentropyOf = (log: EventLog): Negentropy =>
  createNegentropy(
    log.offered().map(({ lamport, cid }) => ({ timestamp: lamport, id: fromHex(cid.slice(HASH_TAG.length)) })),
    SYNC_NEGENTROPY_BYTES,
  )

const cidOf = (id: Uint8Array): ContentId => parseContentId(HASH_TAG + toHex(id))

/** One side of a sync stream: frames in and out, bytes counted. */
class Session {
  bytes = 0
  readonly #stream: FramedStream
  readonly #frames: AsyncIterator<Uint8Array<ArrayBuffer>>
  readonly #runtime: Runtime

  constructor(stream: FramedStream, runtime: Runtime) {
    this.#stream = stream
    this.#runtime = runtime
    this.#frames = stream.frames[Symbol.asyncIterator]()
  }

  send(frame: SyncFrame): Promise<void> {
    return this.sendText(JSON.stringify(frame))
  }

  async sendText(text: string): Promise<void> {
    const bytes = utf8(text)
    this.bytes += bytes.length
    await this.#stream.send(bytes)
  }

  /** A peer that falls silent must not hold a session open for ever. */
  #received(): Promise<IteratorResult<Uint8Array<ArrayBuffer>>> {
    return new Promise((resolve, reject) => {
      const cancel = this.#runtime.after(SYNC_IDLE_SECONDS * 1000, () => {
        reject(new HearthError('timeout', `no frame for ${SYNC_IDLE_SECONDS} s`))
      })
      this.#frames.next().then(resolve, reject).finally(cancel)
    })
  }

  /**
   * @returns null when the other side is done and gone.
   * @throws HearthError what the other side reported, `bad_request`, `timeout`
   */
  async next(): Promise<SyncFrame | null> {
    const { done, value } = await this.#received()
    if (done) return null
    this.bytes += value.length
    const frame = parseAs(SyncFrameSchema, parseJson(value), 'bad_request')
    if (frame.type === 'error') {
      throw new HearthError(isErrorCode(frame.code) ? frame.code : 'internal_error', `peer: ${frame.message}`)
    }
    return frame
  }

  /** @throws HearthError `bad_request` when another frame comes */
  async expect<T extends SyncFrame['type']>(type: T): Promise<Extract<SyncFrame, { type: T }>> {
    const frame = await this.next()
    if (frame?.type !== type) throw new HearthError('bad_request', `expected ${type}, got ${frame?.type ?? 'the end'}`)
    // the discriminant was just compared
    return frame as Extract<SyncFrame, { type: T }>
  }

  async fail(error: HearthError): Promise<void> {
    await this.send({ type: 'error', code: error.code, message: error.message }).catch(() => {})
    await this.#stream.close().catch(() => {})
  }
}

/** The stored events of `cids` as one frame's text, as many as fit, and how many that were. */
async function eventsFrame(log: EventLog, cids: readonly ContentId[]): Promise<{ text: string; count: number }> {
  const texts: string[] = []
  let size = 0
  for (const { text } of await log.read(cids.slice(0, SYNC_BATCH_EVENTS))) {
    if (texts.length > 0 && size + text.length > BATCH_BYTES) break
    texts.push(text)
    size += text.length
  }
  return { text: `{"type":"events","events":[${texts.join(',')}]}`, count: texts.length }
}

/** Serves a peer's reconciliation until it is done (SYN-2). */
async function serve(session: Session, log: EventLog): Promise<void> {
  const opening = await session.expect('open')
  if (opening.community_id !== log.communityId) throw new HearthError('unauthorized', 'another community')
  const negentropy = negentropyOf(log)
  let message: string | null = opening.negentropy
  for (;;) {
    if (message !== null) {
      await session.send({ type: 'message', negentropy: negentropy.reconcile(message) ?? NEGENTROPY_END })
    }
    const frame = await session.next()
    message = null
    if (frame === null || frame.type === 'done') return
    if (frame.type === 'message') message = frame.negentropy
    else if (frame.type === 'want') await session.sendText((await eventsFrame(log, frame.ids)).text)
    else if (frame.type === 'events') {
      await log.ingest(frame.events)
      await session.send({ type: 'stored' })
    } else throw new HearthError('bad_request', `unexpected ${frame.type}`)
  }
}

interface Difference {
  readonly have: ContentId[]
  readonly need: ContentId[]
}

/** Compares sets with the peer; cost grows with the difference (SYN-2). */
async function compare(session: Session, log: EventLog): Promise<Difference> {
  const negentropy = negentropyOf(log)
  const have = new Set<ContentId>()
  const need = new Set<ContentId>()
  await session.send({ type: 'open', community_id: log.communityId, negentropy: negentropy.initiate() })
  for (;;) {
    const { negentropy: message } = await session.expect('message')
    const next = negentropy.reconcile(
      message,
      (id) => have.add(cidOf(id)),
      (id) => need.add(cidOf(id)),
    )
    if (next === null) return { have: [...have], need: [...need] }
    await session.send({ type: 'message', negentropy: next })
  }
}

/** Fetches what this node lacks, the next batch asked for while the last is verified (SYN-3: bounded in memory). */
async function fetchMissing(session: Session, log: EventLog, need: readonly ContentId[]): Promise<number> {
  let received = 0
  let storing: Promise<unknown> = Promise.resolve()
  let open = need.filter((cid) => !log.has(cid))
  while (open.length > 0) {
    await session.send({ type: 'want', ids: open.slice(0, SYNC_BATCH_EVENTS) })
    const { events } = await session.expect('events')
    if (events.length === 0) break // the peer no longer has them
    await storing
    storing = log.ingest(events)
    received += events.length
    open = open.slice(events.length)
  }
  await storing
  return received
}

async function pushMissing(session: Session, log: EventLog, have: readonly ContentId[]): Promise<number> {
  let sent = 0
  while (sent < have.length) {
    const { text, count } = await eventsFrame(log, have.slice(sent))
    if (count === 0) break
    await session.sendText(text)
    await session.expect('stored')
    sent += count
  }
  return sent
}

/**
 * Reconciles with one peer, both ways (SYN-2, SYN-3). Idempotent: cut off anywhere, what arrived is kept and the next run
 * goes on from there.
 * @throws HearthError `partition`, `bad_request`, or what the peer reported
 */
export async function syncWith({ runtime, mesh, log }: SyncDeps, peer: NodeId, signal?: AbortSignal): Promise<SyncReport> {
  const stream = await mesh.open(peer, SYNC_PROTOCOL, {
    maxFrameBytes: SYNC_MAX_FRAME_BYTES,
    ...(signal ? { signal } : {}),
  })
  const session = new Session(stream, runtime)
  const abort = (): void => stream.abort()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    const { have, need } = await compare(session, log)
    const received = await fetchMissing(session, log, need)
    const sent = await pushMissing(session, log, have)
    await session.send({ type: 'done' })
    await stream.close()
    return { received, sent, bytes: session.bytes }
  } catch (error) {
    stream.abort()
    throw error
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

/** Answers reconciliations of members (COM-5). @returns a function that stops answering. */
export function serveSync(deps: ServeDeps): () => void {
  const { runtime, mesh, log, isMember, compares } = deps
  return mesh.handle({
    protocol: SYNC_PROTOCOL,
    maxFrameBytes: SYNC_MAX_FRAME_BYTES,
    handle(stream) {
      const session = new Session(stream, runtime)
      const served = async (): Promise<void> => {
        const current = log()
        if (!current || !isMember(stream.peer)) throw new HearthError('unauthorized', 'sync is for members')
        compares(stream.peer)
        await serve(session, current)
        await stream.close()
      }
      served().catch((error: unknown) => session.fail(toHearthError(error)))
    },
  })
}
