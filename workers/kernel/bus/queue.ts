/** What comes in on a link until it is read, once, in order. */
export interface Queue<T> extends AsyncIterable<T> {
  push(item: T): void
  /** Nothing more comes; what is queued is still read. */
  end(): void
  /** As `end`, but the reader meets `reason` then. */
  fail(reason: unknown): void
}

interface Waiting<T> {
  resolve(step: IteratorResult<T, undefined>): void
  reject(reason: unknown): void
}

export function createQueue<T>(): Queue<T> {
  const items: T[] = []
  let waiting: Waiting<T> | null = null
  let over: { readonly failed: boolean; readonly reason?: unknown } | null = null

  function finish(how: NonNullable<typeof over>): void {
    if (over) return
    over = how
    if (!waiting) return
    if (how.failed) waiting.reject(how.reason)
    else waiting.resolve({ done: true, value: undefined })
    waiting = null
  }

  function next(): Promise<IteratorResult<T, undefined>> {
    const item = items.shift()
    if (item !== undefined) return Promise.resolve({ done: false, value: item })
    if (over?.failed) return Promise.reject(over.reason)
    if (over) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve, reject) => {
      waiting = { resolve, reject }
    })
  }

  return {
    push(item) {
      if (over) return
      if (waiting) {
        waiting.resolve({ done: false, value: item })
        waiting = null
      } else items.push(item)
    },
    end: () => finish({ failed: false }),
    fail: (reason) => finish({ failed: true, reason }),
    [Symbol.asyncIterator]: () => ({ next }),
  }
}
