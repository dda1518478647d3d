import { TENSOR_MAX_BUFFERED_BYTES, TENSOR_MAX_UNFINISHED } from '#protocol/tensor-transport/constants.ts'
import type { ReceivedTensor } from '../../kernel/tensors.ts'
import { tensorBytes } from './dtype.ts'
import type { DataFrame } from './frame.ts'
import { refusal } from './refusal.ts'

interface Unfinished {
  readonly first: Pick<DataFrame, 'dtype' | 'shape' | 'grad'>
  readonly bytes: Uint8Array<ArrayBuffer>
  filled: number
  final: boolean
}

/** Puts tensors together from their frames (TEN-4). */
export interface Assembly {
  /**
   * @param frame its header fields. @param data its bytes, unpacked
   * @throws HearthError `chunk_mismatch`, `size_mismatch`, `tensor_too_large`, `bad_payload` as reasons
   */
  add(frame: DataFrame, data: Uint8Array): void
  /** Bytes that this frame's data may have at most, unpacked. @throws HearthError as `add` does of the frame's header */
  room(frame: DataFrame): number
  /** The whole tensor. @throws HearthError `unknown_tensor`, `size_mismatch` */
  end(tensorId: number): ReceivedTensor
  /** Bytes received of tensors that are not whole. */
  readonly heldBytes: number
}

const sameHead = (a: Unfinished['first'], b: Unfinished['first']): boolean =>
  a.dtype === b.dtype &&
  a.grad === b.grad &&
  a.shape.length === b.shape.length &&
  a.shape.every((size, at) => size === b.shape[at])

/** @param limit bytes that unfinished tensors may have together, by their shapes (TEN-9) */
export function createAssembly(limit = TENSOR_MAX_BUFFERED_BYTES): Assembly {
  const tensors = new Map<number, Unfinished>()
  let declared = 0
  let held = 0

  function begin({ tensorId, dtype, shape, grad }: DataFrame): Unfinished {
    if (tensors.size >= TENSOR_MAX_UNFINISHED) throw refusal('capacity_exceeded', 'too many tensors are unfinished')
    const size = tensorBytes(dtype, shape)
    if (declared + size > limit) throw refusal('tensor_too_large', `more than ${limit} bytes are unfinished`)
    declared += size
    // the pages of a large buffer cost nothing until they are written to
    const tensor = { first: { dtype, shape, grad }, bytes: new Uint8Array(size), filled: 0, final: false }
    tensors.set(tensorId, tensor)
    return tensor
  }

  function tensorOf(frame: DataFrame): Unfinished {
    const known = tensors.get(frame.tensorId)
    if (!known) return begin(frame)
    if (known.final || !sameHead(known.first, frame)) throw refusal('chunk_mismatch', 'a piece of another tensor')
    return known
  }

  return {
    room(frame) {
      const { bytes, filled } = tensorOf(frame)
      return bytes.length - filled
    },
    add(frame, data) {
      const tensor = tensorOf(frame)
      const { bytes, filled } = tensor
      if (data.length === 0 && bytes.length > 0) throw refusal('bad_payload', 'an empty piece')
      if (data.length > bytes.length - filled) throw refusal('size_mismatch', 'more bytes than the shape has')
      if (frame.final && filled + data.length < bytes.length) throw refusal('size_mismatch', 'fewer bytes than the shape has')
      bytes.set(data, filled)
      tensor.filled += data.length
      tensor.final = frame.final
      held += data.length
    },
    end(tensorId) {
      const tensor = tensors.get(tensorId)
      if (!tensor) throw refusal('unknown_tensor', `no tensor ${tensorId} is under way`)
      if (!tensor.final) throw refusal('size_mismatch', 'an end without FINAL')
      tensors.delete(tensorId)
      declared -= tensor.bytes.length
      held -= tensor.bytes.length
      return { id: tensorId, ...tensor.first, bytes: tensor.bytes }
    },
    get heldBytes() {
      return held
    },
  }
}
