import { HearthError } from '#protocol/core/errors.ts'
import type { Runtime } from '../../../kernel/runtime.ts'
import type { ByteStreams } from '../stick.ts'
import type { Decoder } from './decoder.ts'

/** How long the rest of a frame may take: twelve times what 512 bytes need at 115,200 baud. */
const TORN_AFTER_MS = 500

/** A port that offers one stream after the other and says nothing on any of them is gone. */
const EMPTY_STREAMS_MAX = 5

export interface Link<Frame> {
  /** Resolves when the bytes are handed over, which says nothing about their arrival: a pulled port still takes them. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /**
   * Waits for the frame from which `pick` makes something; an error that `pick` throws is the answer, too.
   * @throws HearthError `timeout`; `lora_hardware_unavailable` when the stick is gone.
   */
  next<T>(pick: (frame: Frame) => T | undefined, timeoutMs: number): Promise<T>
  /** Says `question` up to `attempts` times, each time waiting `timeoutMs` for the answer. Never for what goes on the air. */
  ask<T>(question: Uint8Array<ArrayBuffer>, pick: (frame: Frame) => T | undefined, patience?: Patience): Promise<T>
  /** @throws HearthError `lora_hardware_unavailable` when the stick went while nobody was waiting for it. */
  check(): void
  /** Lets go of both streams and leaves them usable for another link. */
  release(): void
  /** Lets go of both streams and ends them. */
  close(): Promise<void>
}

export interface Patience {
  readonly timeoutMs: number
  readonly attempts: number
}

export interface LinkOptions<Frame> {
  readonly streams: ByteStreams
  readonly decoder: Decoder<Frame>
  readonly runtime: Runtime
  /** Every frame, after those who wait for one have seen it. */
  readonly onFrame: (frame: Frame) => void
  /** Said once, when the stick is gone without `close`. */
  readonly onLost: (reason: HearthError) => void
  /** Nobody wants it any more: what waits fails, and nothing is said. */
  readonly signal?: AbortSignal | undefined
}

interface Waiter<Frame> {
  offer(frame: Frame): boolean
  fail(reason: HearthError): void
}

const PATIENCE: Patience = { timeoutMs: 250, attempts: 6 }
/** For the first question: some boards restart when their port is opened, and take seconds until they listen. */
export const BOOTING: Patience = { timeoutMs: 250, attempts: 16 }

const goneError = (cause?: unknown): HearthError =>
  new HearthError('lora_hardware_unavailable', 'the stick is gone', { cause, data: { reason: 'gone' } })

/** Frames over a pair of byte streams. It reads from the moment it is made. */
export function createLink<Frame>(options: LinkOptions<Frame>): Link<Frame> {
  const { streams, decoder, runtime, onFrame, onLost, signal } = options
  const waiters = new Set<Waiter<Frame>>()
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  let writer: WritableStreamDefaultWriter<Uint8Array> | undefined = streams.writable?.getWriter()
  let ended: HearthError | undefined
  let calm: () => void = () => undefined

  function take(frames: readonly Frame[]): void {
    for (const frame of frames) {
      for (const waiter of [...waiters]) if (waiter.offer(frame)) waiters.delete(waiter)
      onFrame(frame)
    }
    calm()
    calm = decoder.open ? runtime.after(TORN_AFTER_MS, () => take(decoder.quiet())) : () => undefined
  }

  function end(reason: HearthError): boolean {
    if (ended) return false
    ended = reason
    signal?.removeEventListener('abort', giveUp)
    calm()
    for (const waiter of waiters) waiter.fail(reason)
    waiters.clear()
    return true
  }

  const giveUp = (): void => void end(goneError())

  const lose = (cause: unknown): void => {
    if (end(goneError(cause))) onLost(goneError(cause))
  }

  /** Reads until this stream ends. @returns what ended it, and whether anything came before. */
  async function drain(stream: ReadableStream<Uint8Array>): Promise<{ readonly cause: unknown; readonly came: boolean }> {
    let came = false
    reader = stream.getReader()
    try {
      for (;;) {
        const { value, done } = await reader.read()
        if (done) return { cause: undefined, came }
        came = true
        if (!ended) take(decoder.push(value))
      }
    } catch (cause) {
      return { cause, came }
    } finally {
      reader.releaseLock()
    }
  }

  async function read(): Promise<void> {
    let last: ReadableStream<Uint8Array> | undefined
    let cause: unknown
    // a framing or parity error ends the stream, not the port: it then offers another one
    for (let empty = 0; empty < EMPTY_STREAMS_MAX && !ended && streams.readable && streams.readable !== last; ) {
      last = streams.readable
      const drained = await drain(last)
      cause = drained.cause
      empty = drained.came ? 0 : empty + 1
    }
    lose(cause)
  }
  void read()
  if (signal?.aborted) giveUp()
  else signal?.addEventListener('abort', giveUp)

  const link: Link<Frame> = {
    async write(bytes) {
      if (ended) throw ended
      try {
        await writer?.write(bytes)
      } catch (error) {
        lose(error)
        throw goneError(error)
      }
    },
    next(pick, timeoutMs) {
      return new Promise((resolve, reject) => {
        if (ended) {
          reject(ended)
          return
        }
        const waiter: Waiter<Frame> = {
          offer(frame) {
            try {
              const found = pick(frame)
              if (found === undefined) return false
              cancel()
              resolve(found)
            } catch (answer) {
              cancel()
              reject(answer)
            }
            return true
          },
          fail(reason) {
            cancel()
            reject(reason)
          },
        }
        const cancel = runtime.after(timeoutMs, () => {
          waiters.delete(waiter)
          reject(new HearthError('timeout', 'the stick did not answer'))
        })
        waiters.add(waiter)
      })
    },
    async ask(question, pick, { timeoutMs, attempts } = PATIENCE) {
      for (let attempt = 1; ; attempt++) {
        const answer = link.next(pick, timeoutMs)
        try {
          const [, found] = await Promise.all([link.write(question), answer])
          return found
        } catch (error) {
          const again = error instanceof HearthError && error.code === 'timeout' && attempt < attempts
          if (!again) throw error
        }
      }
    },
    check() {
      if (ended) throw ended
    },
    release() {
      end(goneError())
      reader?.releaseLock()
      writer?.releaseLock()
      writer = undefined
    },
    async close() {
      end(goneError())
      await reader?.cancel().catch(() => undefined)
      await writer?.abort().catch(() => undefined)
      writer?.releaseLock()
      writer = undefined
    },
  }
  return link
}
