import { sha256 } from '#protocol/core/hash.ts'
import { DISTRIBUTED_LLM_STEP_NUMBERS } from '#protocol/distributed-inference/constants.ts'
import type { TensorDtype } from '#protocol/tensor-transport/wire.ts'
import type { ReceivedTensor, Tensor } from '../../kernel/tensors.ts'
import { packTensor } from '../../transport/tensor/dtype.ts'

/** The largest number of half precision (IEEE 754 binary16). */
const HALF_LARGEST = 65_504
/** Bytes of a receipt. */
const DIGEST_BYTES = 32

/**
 * Hidden states [tokens, width] as they go over a hop, [1, tokens, width]. Wide models have channels beyond half precision: where a
 * step has one it goes in fp32, never as infinity (DLM-3).
 */
export function packHop(values: Float32Array<ArrayBuffer>, width: number, dtype: TensorDtype): Tensor {
  const overflows = dtype === 'fp16' && values.some((value) => Math.abs(value) > HALF_LARGEST)
  return packTensor(values, [1, values.length / width, width], overflows ? 'fp32' : dtype)
}

/** SHA-256 of a step's bytes, as they went over a hop (DLM-11). */
export const digestOf = ({ bytes }: Pick<Tensor, 'bytes'>): Uint8Array => sha256(bytes)

/** What a shard says to who asks of a step that the shard before handed it (DLM-11). */
export const receiptOf = (step: Tensor): Tensor => ({
  dtype: 'int8',
  shape: [DIGEST_BYTES],
  bytes: Uint8Array.from(digestOf(step)),
})
/** What a shard says when nobody hands it anything any more (DLM-11). */
export const RELEASED: Tensor = { dtype: 'int8', shape: [0], bytes: new Uint8Array(0) }
/** The id of a receipt for a step. */
export const receiptId = (step: number): number => DISTRIBUTED_LLM_STEP_NUMBERS | step

export type Notice = { readonly step: number; readonly digest: Uint8Array } | 'released'

/** @returns null where a tensor is neither of these */
export function readNotice({ dtype, shape, id, bytes }: ReceivedTensor): Notice | null {
  const [size, ...more] = shape
  if (dtype !== 'int8' || more.length > 0 || (id & DISTRIBUTED_LLM_STEP_NUMBERS) === 0) return null
  if (size === 0) return 'released'
  return size === DIGEST_BYTES ? { step: id % DISTRIBUTED_LLM_STEP_NUMBERS, digest: bytes } : null
}

/** Whether a step's number is that of one before `next`, rather than of one that is still to come. */
export const isBefore = (step: number, next: number): boolean => {
  const behind = (next - step) & (DISTRIBUTED_LLM_STEP_NUMBERS - 1)
  return behind > 0 && behind < DISTRIBUTED_LLM_STEP_NUMBERS / 2
}
