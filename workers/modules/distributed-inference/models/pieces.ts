import { HearthError } from '#protocol/core/errors.ts'
import type { ModelManifest } from '#protocol/distributed-inference/model-manifest.ts'
import type { KeptModel, Library } from '../../../compute/model/library.ts'
import type { Runtime } from '../../../kernel/runtime.ts'
import type { TensorSession } from '../../../kernel/tensors.ts'

/** Purpose of an X08 session that brings pieces of a model (`model.connect`). */
export const PIECES_PURPOSE = 'model.pieces'
/** Weights do not shrink, and are not tried. */
export const PIECES_SESSION = { compression: 'none' } as const

/** Numbers in one tensor at most. */
const MAX_ASKED = 64
/** Pieces that are read and sent at a time. */
const SENDING = 4
/** Pieces asked for and not here yet: enough to fill the way there and back, few enough to be asked of somebody else soon. */
const WINDOW = 8
/** A piece that takes longer comes from somebody who is too slow to be worth waiting for. */
const PIECE_MS = 30_000

const idOf = (piece: number): number => piece & 0xffff

function askedIn(bytes: Uint8Array<ArrayBuffer>): readonly number[] | null {
  if (bytes.length === 0 || bytes.length % 4 !== 0 || bytes.length > MAX_ASKED * 4) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(index * 4))
}

function asking(pieces: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.length * 4)
  const view = new DataView(bytes.buffer)
  for (const [index, piece] of pieces.entries()) view.setUint32(index * 4, piece)
  return bytes
}

/** Answers whoever opened the session with the pieces it asks for, until it is closed. Never rejects. */
export async function servePieces(session: TensorSession, library: Library, model: string, kept: KeptModel): Promise<void> {
  const underWay = new Map<number, Promise<void>>()

  async function send(piece: number): Promise<void> {
    // a number that there is not is answered like one that is not here
    const bytes = kept.manifest.pieces[piece] ? await library.get(model, kept, piece).catch(() => null) : null
    const tensor = { dtype: 'int8', shape: [bytes?.length ?? 0], bytes: bytes ?? new Uint8Array(0) } as const
    await session.send(tensor, { id: idOf(piece) })
  }

  try {
    for await (const { bytes } of session.tensors) {
      const asked = askedIn(bytes)
      if (!asked) return session.cancel('bad_request')
      for (const piece of asked) {
        if (underWay.has(idOf(piece))) continue
        while (underWay.size >= SENDING) await Promise.race(underWay.values())
        const sending = send(piece)
          .catch(() => session.cancel('lost'))
          .finally(() => underWay.delete(idOf(piece)))
        underWay.set(idOf(piece), sending)
      }
    }
  } catch {
    // how a session ends is for who asked: it asks somebody else
  }
}

/** Pieces that several peers bring at once: each is asked of one at a time. */
export interface Wanting {
  /** Takes a piece that this peer holds out of what is wanted. */
  take(held: (piece: number) => boolean): number | undefined
  /** Wants it again, of somebody else. */
  giveBack(piece: number): void
  /** @throws HearthError `weights_mismatch` */
  put(piece: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>
}

interface Fetching {
  readonly session: TensorSession
  readonly manifest: ModelManifest
  readonly wanting: Wanting
  readonly held: (piece: number) => boolean
  readonly runtime: Runtime
  readonly signal: AbortSignal
}

/**
 * Brings what is wanted and one peer holds.
 * @throws HearthError `weights_mismatch` for a peer that sends anything else, `timeout`, or how the session ended; what it owed is
 * wanted again then
 */
export async function fetchPieces({ session, manifest, wanting, held, runtime, signal }: Fetching): Promise<void> {
  const owed = new Map<number, number>()
  const lacking = new Set<number>()
  const stop = (): void => session.cancel('stopped')
  signal.addEventListener('abort', stop, { once: true })

  async function ask(): Promise<void> {
    const pieces: number[] = []
    while (owed.size < WINDOW) {
      const piece = wanting.take((one) => held(one) && !lacking.has(one) && !owed.has(idOf(one)))
      if (piece === undefined) break
      owed.set(idOf(piece), piece)
      pieces.push(piece)
    }
    if (pieces.length > 0) await session.send({ dtype: 'int8', shape: [pieces.length * 4], bytes: asking(pieces) })
  }

  const tensors = session.tensors[Symbol.asyncIterator]()
  try {
    await inTime(runtime, ask())
    while (owed.size > 0) {
      const { done, value } = await inTime(runtime, tensors.next())
      if (done) throw new HearthError('partition', 'the peer has gone')
      const piece = owed.get(value.id)
      if (piece === undefined) throw new HearthError('weights_mismatch', 'a piece that nobody asked for')
      if (value.bytes.length === 0) {
        lacking.add(piece)
        wanting.giveBack(piece)
      } else {
        // before room is made for it: no more than the piece is taken from anybody
        if (value.bytes.length !== manifest.pieces[piece]?.length)
          throw new HearthError('weights_mismatch', 'a piece of another length')
        await wanting.put(piece, value.bytes)
      }
      owed.delete(value.id)
      await inTime(runtime, ask())
    }
    void session.close()
  } catch (error) {
    session.cancel(error instanceof HearthError ? error.code : 'failed')
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    for (const piece of owed.values()) wanting.giveBack(piece)
  }
}

/** @throws HearthError `timeout` */
async function inTime<T>(runtime: Runtime, task: Promise<T>): Promise<T> {
  let calledOff = (): void => undefined
  const late = new Promise<never>((_, reject) => {
    calledOff = runtime.after(PIECE_MS, () => reject(new HearthError('timeout', 'a piece took too long')))
  })
  try {
    return await Promise.race([task, late])
  } finally {
    calledOff()
  }
}
