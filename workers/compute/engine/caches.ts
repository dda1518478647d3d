import type { Value } from './backend.ts'

/** What a shard remembers of one conversation. */
export interface Cache {
  /** How many the conversation has. */
  tokens: number
  /** By the shard's name for each of its inputs. */
  values: Map<string, Value>
  /** A run uses the values right now. */
  busy: boolean
  /** Nobody wants it any more. */
  gone: boolean
}

/** The caches of a shard, by conversation. */
export interface Caches {
  readonly all: ReadonlyMap<string, Cache>
  /** @returns the conversation's own, or a new one */
  of(sequence: string): Cache
  /** Frees it, at once or as soon as the run that uses it is done. */
  forget(sequence: string): void
  /** A run uses these no longer. */
  release(caches: Iterable<Cache>): void
}

export function createCaches(): Caches {
  const all = new Map<string, Cache>()
  const dispose = (cache: Cache): void => {
    for (const value of cache.values.values()) value.dispose()
    cache.values = new Map()
  }
  return {
    all,
    of(sequence) {
      const cache = all.get(sequence) ?? { tokens: 0, values: new Map(), busy: false, gone: false }
      all.set(sequence, cache)
      return cache
    },
    forget(sequence) {
      const cache = all.get(sequence)
      if (!cache) return
      all.delete(sequence)
      cache.gone = true
      if (!cache.busy) dispose(cache)
    },
    release(caches) {
      for (const cache of caches) {
        cache.busy = false
        if (cache.gone) dispose(cache)
      }
    },
  }
}

/** As a run's output is called, and as the next run's input is. */
export const pastOf = (present: string): string => present.replace('present.', 'past_key_values.')
