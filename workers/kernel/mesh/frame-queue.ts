import { HearthError } from '#protocol/core/errors.ts'

/** Frames on their way to one reader, with an end: clean, or with an error that comes after the frames before it. */
export interface FrameQueue extends AsyncIterable<Uint8Array<ArrayBuffer>> {
  push(frame: Uint8Array<ArrayBuffer>): void
  end(): void
  /** @param now drops what is queued: the reader itself gave up. */
  fail(error: HearthError, now?: boolean): void
  readonly queuedBytes: number
}

export const closedError = (why: string, cause?: unknown): HearthError =>
  new HearthError('partition', why, cause === undefined ? {} : { cause })

/** @param onTaken called when the reader takes a frame: room for more. */
export function createFrameQueue(onTaken: () => void): FrameQueue {
  const frames: Uint8Array<ArrayBuffer>[] = []
  let queuedBytes = 0
  let ended = false
  let error: HearthError | null = null
  let wake: (() => void) | null = null

  const notify = (): void => {
    wake?.()
    wake = null
  }

  async function* read(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for (;;) {
      const frame = frames.shift()
      if (frame) {
        queuedBytes -= frame.length
        onTaken()
        yield frame
      } else if (error) throw error
      else if (ended) return
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  }

  // one iterator for the life of the stream: a reader may take one frame by `next()` and loop over the rest later
  const reader = read()
  return {
    push(frame) {
      if (ended) return
      frames.push(frame)
      queuedBytes += frame.length
      notify()
    },
    end() {
      ended = true
      notify()
    },
    fail(reason, now = false) {
      if (ended && !now) return
      ended = true
      error ??= reason
      if (now) {
        frames.length = 0
        queuedBytes = 0
      }
      notify()
    },
    get queuedBytes() {
      return queuedBytes
    },
    [Symbol.asyncIterator]: () => ({ next: () => reader.next(), return: async () => ({ done: true, value: undefined }) }),
  }
}
