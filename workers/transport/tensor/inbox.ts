import type { HearthError } from '#protocol/core/errors.ts'
import { createQueue } from '../../kernel/bus/queue.ts'
import type { ReceivedTensor } from '../../kernel/tensors.ts'

/** What a waiting tensor costs beside its bytes, so that a flood of empty ones is bounded as well. */
const OVERHEAD_BYTES = 1024

/** Whole tensors until they are read. */
export interface Inbox {
  push(tensor: ReceivedTensor): void
  readonly tensors: AsyncIterable<ReceivedTensor>
  readonly size: number
  readonly bytes: number
  /** Nothing more comes; what waits can still be read. */
  end(): void
  /** Nothing more comes, and what waits is dropped. */
  fail(reason: HearthError): void
}

/** @param onTaken called when a tensor was read: there is room for more. */
export function createInbox(onTaken: () => void): Inbox {
  const queue = createQueue<ReceivedTensor>()
  let failure: HearthError | null = null
  let size = 0
  let bytes = 0

  async function* read(): AsyncGenerator<ReceivedTensor, void, void> {
    for await (const tensor of queue) {
      if (failure) throw failure
      size--
      bytes -= tensor.bytes.length + OVERHEAD_BYTES
      onTaken()
      yield tensor
    }
    if (failure) throw failure
  }

  // one reader for the life of the session: who takes one tensor by `next()` may loop over the rest later
  const reader = read()
  return {
    push(tensor) {
      size++
      bytes += tensor.bytes.length + OVERHEAD_BYTES
      queue.push(tensor)
    },
    tensors: { [Symbol.asyncIterator]: () => ({ next: () => reader.next() }) },
    get size() {
      return size
    },
    get bytes() {
      return bytes
    },
    end: () => queue.end(),
    fail(reason) {
      failure = reason
      queue.end()
    },
  }
}
