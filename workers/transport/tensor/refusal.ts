import { type ErrorCode, HearthError } from '#protocol/core/errors.ts'
import { TENSOR_REFUSALS, type TensorRefusal } from '#protocol/tensor-transport/wire.ts'

/** What a caller gets for a refusal; everything else is `bad_request`. */
const CODES: Partial<Record<TensorRefusal, ErrorCode>> = {
  unknown_frame_type: 'unknown_frame_type',
  tensor_too_large: 'tensor_too_large',
  capacity_exceeded: 'capacity_exceeded',
  unauthorized: 'unauthorized',
  wrong_purpose: 'unauthorized',
  encryption_unsupported: 'not_implemented',
  compression_unsupported: 'not_implemented',
}

/** A refusal as an error: `data.reason` is what the NACK says (TEN-2). */
export const refusal = (reason: TensorRefusal, message: string): HearthError =>
  new HearthError(CODES[reason] ?? 'bad_request', message, { data: { reason } })

const isRefusal = (text: unknown): text is TensorRefusal => TENSOR_REFUSALS.some((reason) => reason === text)

/** The text of the NACK for an error that ends a session. */
export function reasonOf({ code, data }: HearthError): TensorRefusal {
  const reason = typeof data === 'object' && data !== null && 'reason' in data ? data.reason : null
  if (isRefusal(reason)) return reason
  if (code === 'unauthorized' || code === 'expired' || code === 'invalid_signature') return 'unauthorized'
  return code === 'capacity_exceeded' ? code : 'bad_payload'
}

/** What the other side's NACK means here; a word that is not known is a refusal all the same. */
export const refusedBy = (text: string): HearthError =>
  isRefusal(text)
    ? refusal(text, `the other side refused: ${text}`)
    : new HearthError('bad_request', 'the other side refused', { data: { reason: text.slice(0, 64) } })
