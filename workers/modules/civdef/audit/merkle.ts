import { concatBytes } from '#protocol/core/encoding.ts'
import { sha256 } from '#protocol/core/hash.ts'

// RFC 6962, section 2.1 (AUD-2). A node and a leaf begin with different bytes, so neither can be passed off as the other.

export type Hash = Uint8Array

/** `SHA-256(00 ‖ entry)`. */
export const leafHash = (entry: Uint8Array): Hash => sha256(concatBytes(Uint8Array.of(0), entry))
/** `SHA-256(01 ‖ left ‖ right)`. */
export const nodeHash = (left: Hash, right: Hash): Hash => sha256(concatBytes(Uint8Array.of(1), left, right))
/** Root of no entries. */
export const emptyRoot = (): Hash => sha256(new Uint8Array(0))

export const sameHash = (a: Hash, b: Hash): boolean => a.length === b.length && a.every((byte, index) => byte === b[index])

/** What is left of a tree whose first entries are gone (AUD-6): the roots of the full subtrees they made up, largest first. */
export interface MerkleBase {
  readonly size: number
  /** One for every 1 of `size` in binary. */
  readonly hashes: readonly Hash[]
}

/** A tree that grows by leaves: one hash per full subtree, 64 bytes an entry in all. */
export interface MerkleTree {
  readonly size: number
  append(leaf: Hash): void
  /** Root over the first `size` entries. @throws RangeError beyond what there is */
  root(size?: number): Hash
  /** Hashes that lead from one entry to the root over the first `size`, nearest first. */
  inclusion(index: number, size?: number): Hash[]
  /** Hashes that show that the first `from` entries of the first `to` are unchanged. */
  consistency(from: number, to?: number): Hash[]
  /** What the first `size` entries can be replaced by: roots and proofs from there on stay what they were (AUD-6). */
  base(size: number): MerkleBase
}

/** Largest power of two below `n`. @param n at least 2 */
function split(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

/** Levels with nothing but the subtrees that no other one holds: nothing else is asked of entries that are gone. */
function levelsOf({ size, hashes }: MerkleBase): Hash[][] {
  const levels: Hash[][] = [[]]
  const left = [...hashes]
  for (let level = Math.floor(Math.log2(Math.max(1, size))); level >= 0; level--) {
    const row = new Array<Hash>(Math.floor(size / 2 ** level))
    levels[level] = row
    if (row.length % 2 === 0) continue
    const hash = left.shift()
    if (hash?.length !== 32) throw new RangeError('a base has one hash for every 1 of its size')
    row[row.length - 1] = hash
  }
  if (left.length > 0) throw new RangeError('a base has one hash for every 1 of its size')
  return levels
}

/** @param gone what the tree begins with; nothing where it is left out @throws RangeError for a base that is none */
export function createMerkleTree(gone: MerkleBase = { size: 0, hashes: [] }): MerkleTree {
  // levels[k][i] is the root of the full subtree over entries i·2^k … (i+1)·2^k − 1
  const levels = levelsOf(gone)
  const count = (): number => levels[0]?.length ?? 0

  function stored(level: number, index: number): Hash {
    const hash = levels[level]?.[index]
    if (!hash) throw new RangeError('beyond the end of the tree')
    return hash
  }

  /** Root over `length` entries from `start`, which is a multiple of the power of two at or above `length`. */
  function range(start: number, length: number): Hash {
    if (length === 0) return emptyRoot()
    const level = Math.log2(length)
    if (Number.isInteger(level)) return stored(level, start / length)
    const k = split(length)
    return nodeHash(range(start, k), range(start + k, length - k))
  }

  function path(index: number, start: number, length: number): Hash[] {
    if (length === 1) return []
    const k = split(length)
    if (index < k) return [...path(index, start, k), range(start + k, length - k)]
    return [...path(index - k, start + k, length - k), range(start, k)]
  }

  /** RFC 6962, 2.1.2: SUBPROOF. @param whole whether the old tree is known to whoever checks */
  function subproof(m: number, start: number, n: number, whole: boolean): Hash[] {
    if (m === n) return whole ? [] : [range(start, n)]
    const k = split(n)
    if (m <= k) return [...subproof(m, start, k, whole), range(start + k, n - k)]
    return [...subproof(m - k, start + k, n - k, false), range(start, k)]
  }

  function within(size: number): number {
    if (!Number.isInteger(size) || size < 0 || size > count()) throw new RangeError('no tree of that size')
    return size
  }

  return {
    get size() {
      return count()
    },

    append(leaf) {
      let hash = leaf
      for (let level = 0; ; level++) {
        const row = levels[level] ?? []
        levels[level] = row
        row.push(hash)
        if (row.length % 2 === 1) return
        hash = nodeHash(stored(level, row.length - 2), hash)
      }
    },

    root: (size = count()) => range(0, within(size)),

    inclusion(index, size = count()) {
      if (!Number.isInteger(index) || index < 0 || index >= within(size)) throw new RangeError('no such entry')
      return path(index, 0, size)
    },

    consistency(from, to = count()) {
      if (within(from) > within(to)) throw new RangeError('a tree does not shrink')
      return from === 0 || from === to ? [] : subproof(from, 0, to, true)
    },

    base(size) {
      const hashes: Hash[] = []
      for (let level = levels.length - 1; level >= 0; level--) {
        const full = Math.floor(within(size) / 2 ** level)
        if (full % 2 === 1) hashes.push(stored(level, full - 1))
      }
      return { size, hashes }
    },
  }
}

/** Whether `proof` leads from the leaf to the root (RFC 9162, 2.1.3.2). */
export function verifyInclusion(leaf: Hash, index: number, size: number, proof: readonly Hash[], root: Hash): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false
  let at = index
  let last = size - 1
  let hash = leaf
  for (const sibling of proof) {
    if (last === 0 || sibling.length !== 32) return false
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash)
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2)
        last = Math.floor(last / 2)
      }
    } else {
      hash = nodeHash(hash, sibling)
    }
    at = Math.floor(at / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && sameHash(hash, root)
}

/** Whether the first `from` entries of the tree with root `newRoot` are those of `oldRoot` (RFC 9162, 2.1.4.2). */
export function verifyConsistency(from: number, to: number, proof: readonly Hash[], oldRoot: Hash, newRoot: Hash): boolean {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || from > to) return false
  if (from === to) return proof.length === 0 && sameHash(oldRoot, newRoot)
  if (from === 0) return proof.length === 0 && sameHash(oldRoot, emptyRoot())
  let at = from - 1
  let last = to - 1
  while (at % 2 === 1) {
    at = Math.floor(at / 2)
    last = Math.floor(last / 2)
  }
  // where the old tree is a full subtree of the new one, its root is known and left out of the proof
  const [first, ...rest] = at === 0 ? [oldRoot, ...proof] : proof
  if (first?.length !== 32) return false
  let old = first
  let fresh = first
  for (const hash of rest) {
    if (last === 0 || hash.length !== 32) return false
    if (at % 2 === 1 || at === last) {
      old = nodeHash(hash, old)
      fresh = nodeHash(hash, fresh)
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2)
        last = Math.floor(last / 2)
      }
    } else {
      fresh = nodeHash(fresh, hash)
    }
    at = Math.floor(at / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && sameHash(old, oldRoot) && sameHash(fresh, newRoot)
}
