import { sha256 } from '@noble/hashes/sha2.js'
import { type Bytes, concat, utf8 } from '../client/encoding.ts'

/** Everything that is left to chance in a run comes from its seed: the same seed, the same run. */
export interface Random {
  bytes(count: number): Bytes
  /** 0 to below `below`. */
  below(below: number): number
  pick<T>(from: readonly T[]): T
}

/** SHA-256 over seed, label and a counter. */
export function randomOf(seed: number, label: string): Random {
  let block = 0
  let rest: Bytes = new Uint8Array(0)

  function bytes(count: number): Bytes {
    while (rest.length < count) rest = concat(rest, sha256(utf8(`${seed} ${label} ${block++}`)))
    const taken = rest.slice(0, count)
    rest = rest.slice(count)
    return taken
  }
  const below = (limit: number): number => new DataView(bytes(4).buffer).getUint32(0) % limit

  return {
    bytes,
    below,
    pick(from) {
      const found = from[below(from.length)]
      if (found === undefined) throw new TypeError('nothing to choose from')
      return found
    },
  }
}
