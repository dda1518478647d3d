import type { JsonValue } from '#protocol/core/json.ts'

/** What the node sent for one call, until it is read. */
export interface Inbox {
  push(message: JsonValue): void
  /** Once what came before is read, every read fails with `reason`; the first reason stays. */
  fail(reason: unknown): void
  next(): Promise<JsonValue>
}

interface Reader {
  resolve(message: JsonValue): void
  reject(reason: unknown): void
}

export function createInbox(): Inbox {
  const messages: JsonValue[] = []
  let failure: { readonly reason: unknown } | null = null
  let reader: Reader | null = null
  return {
    push(message) {
      if (reader) reader.resolve(message)
      else messages.push(message)
      reader = null
    },
    fail(reason) {
      failure ??= { reason }
      reader?.reject(reason)
      reader = null
    },
    next() {
      const message = messages.shift()
      if (message !== undefined) return Promise.resolve(message)
      if (failure) return Promise.reject(failure.reason)
      return new Promise((resolve, reject) => {
        reader = { resolve, reject }
      })
    },
  }
}
