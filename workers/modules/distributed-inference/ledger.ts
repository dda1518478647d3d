import { HearthError } from '#protocol/core/errors.ts'
import { hopDtypeOf } from '#protocol/distributed-inference/hop-dtype.ts'
import { packTensor, tensorBytes, unpackTensor } from '../../transport/tensor/dtype.ts'
import { digestOf, packHop } from './hop-tensor.ts'

/**
 * The hidden states of one conversation at one boundary between layers, as they went over the hop: whoever
 * takes over is given the same numbers to the bit (DLM-4). In memory alone (DLM-5).
 */
export interface Ledger {
  readonly width: number
  readonly tokens: number
  /**
   * Adds rows; those that are there already stay as they were.
   * @throws HearthError `bad_request` for rows that do not follow on those that are there
   */
  put(position: number, rows: Float32Array<ArrayBuffer>): void
  /** A copy of some rows. @throws HearthError `bad_request` for rows that are not there */
  read(position: number, tokens: number): Float32Array<ArrayBuffer>
  /** SHA-256 of some rows as one step of them goes over the hop (DLM-11). */
  digest(position: number, tokens: number): Uint8Array
}

const FIRST_TOKENS = 64

export function createLedger(width: number): Ledger {
  const hopDtype = hopDtypeOf(width)
  // fp32 from the first step on that half precision cannot have
  let dtype = hopDtype
  let kept = new Uint8Array(0)
  let tokens = 0
  const rowBytes = (): number => tensorBytes(dtype, [width])

  function makeRoom(wanted: number): void {
    if (wanted * rowBytes() <= kept.length) return
    const roomier = new Uint8Array(Math.max(wanted, FIRST_TOKENS, (2 * kept.length) / rowBytes()) * rowBytes())
    roomier.set(kept.subarray(0, tokens * rowBytes()))
    kept = roomier
  }

  function widen(): void {
    const all = read(0, tokens)
    dtype = 'fp32'
    kept = packTensor(all, [tokens, width], dtype).bytes
  }

  function read(position: number, count: number): Float32Array<ArrayBuffer> {
    if (position < 0 || position + count > tokens) throw new HearthError('bad_request', 'rows that are not there')
    const bytes = kept.slice(position * rowBytes(), (position + count) * rowBytes())
    return unpackTensor({ dtype, shape: [count, width], bytes }).values
  }

  return {
    width,
    get tokens() {
      return tokens
    },
    put(position, rows) {
      const end = position + rows.length / width
      if (position > tokens || !Number.isInteger(end)) throw new HearthError('bad_request', 'rows that do not follow')
      if (end <= tokens) return
      const packed = packHop(rows.subarray((tokens - position) * width), width, hopDtype)
      if (packed.dtype !== dtype && dtype === 'fp16') widen()
      makeRoom(end)
      const bytes = packed.dtype === dtype ? packed.bytes : packTensor(unpackTensor(packed).values, packed.shape, dtype).bytes
      kept.set(bytes, tokens * rowBytes())
      tokens = end
    },
    read,
    digest: (position, count) => digestOf(packHop(read(position, count), width, hopDtype)),
  }
}
