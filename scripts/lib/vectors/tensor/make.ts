import { concatBytes, toHex, utf8 } from '#protocol/core/encoding.ts'

// written from the page, not from the transport: the vectors hold the transport to it

/** Big-endian, so many bytes. */
export const uint = (value: number, bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, at) => Math.floor(value / 256 ** (bytes - 1 - at)) % 256)

export interface Head {
  readonly version?: number
  readonly reserved?: number
  readonly seq?: number
  readonly flags?: number
  /** What the header says; the payload's own unless it lies. */
  readonly length?: number
}

/** One frame (TEN-1). */
export function frame(
  type: number,
  payload: Uint8Array,
  { version = 1, reserved = 0, seq = 1, flags = 0, length }: Head = {},
): string {
  return toHex(
    concatBytes(
      Uint8Array.of(version, type),
      uint(reserved, 2),
      uint(seq, 4),
      uint(length ?? payload.length, 4),
      uint(flags, 4),
      payload,
    ),
  )
}

export const DTYPES = { fp16: 1, fp32: 2, bf16: 3, int8: 4 } as const
export const FINAL = 2

/** Payload of TENSOR_DATA (TEN-4). */
export const piece = (
  id: number,
  dtype: number,
  shape: readonly number[],
  data: Uint8Array,
  dims: number = shape.length,
): Uint8Array => concatBytes(uint(id, 2), Uint8Array.of(dtype, dims), ...shape.map((size) => uint(size, 4)), data)

export const data = (
  id: number,
  dtype: keyof typeof DTYPES,
  shape: readonly number[],
  bytes: Uint8Array,
  head: Head = {},
): string => frame(1, piece(id, DTYPES[dtype], shape, bytes), { flags: FINAL, ...head })
export const end = (id: number, seq: number): string => frame(2, uint(id, 2), { seq })
export const json = (type: number, value: unknown, head: Head = {}): string => frame(type, utf8(JSON.stringify(value)), head)

/** 0, 1, 2, … */
export const counted = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => at % 256)
