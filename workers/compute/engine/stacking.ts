import type { Numbers } from './backend.ts'

/** What a cache has of one token in each of its heads. */
interface Heads {
  readonly heads: number
  readonly size: number
}

type CacheNumbers = Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>

const emptyLike = (like: Numbers | undefined, length: number): CacheNumbers =>
  like instanceof Uint16Array ? new Uint16Array(length) : new Float32Array(length)

/**
 * Lays caches of different lengths, each [1, heads, tokens, size], beside each other as [many, heads, longest, size]. What is behind a
 * shorter one is zero, and nobody looks there: the kernel is told how long each is.
 */
export function stacked(caches: readonly Numbers[], tokens: readonly number[], { heads, size }: Heads): CacheNumbers {
  const longest = Math.max(...tokens)
  const all = emptyLike(caches[0], caches.length * heads * longest * size)
  for (const [at, cache] of caches.entries()) {
    const own = (tokens[at] ?? 0) * size
    // a cache has the element type of its model, as all of them do
    const numbers = cache as CacheNumbers
    for (let head = 0; head < heads; head++)
      all.set(numbers.subarray(head * own, (head + 1) * own), (at * heads + head) * longest * size)
  }
  return all
}

/** The cache of one of them, [1, heads, tokens, size], out of what a run has left, [many, heads, longest, size]. */
export function unstacked(all: Numbers, at: number, tokens: number, longest: number, { heads, size }: Heads): CacheNumbers {
  const own = tokens * size
  const cache = emptyLike(all, heads * own)
  const numbers = all as CacheNumbers // as above
  for (let head = 0; head < heads; head++) {
    const from = (at * heads + head) * longest * size
    cache.set(numbers.subarray(from, from + own), head * own)
  }
  return cache
}
