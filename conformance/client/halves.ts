import type { Bytes } from './encoding.ts'

// Elements of hidden states (TEN-4): binary32 and binary16 of IEEE 754, little-endian.

/** The nearest half, ties to even, as its bits; what is too large is infinite. */
function halfOf(value: number): number {
  const sign = Object.is(value, -0) || value < 0 ? 0x8000 : 0
  const size = Math.abs(value)
  if (Number.isNaN(size)) return 0x7e00
  if (size >= 65_520) return sign | 0x7c00
  // below 2^-14 the steps are all 2^-24; above, 2^10 of them lie between two powers of two
  const exponent = Math.max(-14, Math.floor(Math.log2(size)))
  const steps = toEven(size / 2 ** (exponent - 10))
  return sign | (size < 2 ** -14 ? steps : ((exponent + 15) << 10) + (steps - 1024))
}

function toEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below
}

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const [exponent, mantissa] = [(bits >> 10) & 0x1f, bits & 0x3ff]
  if (exponent === 0x1f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (mantissa + 1024) * 2 ** (exponent - 25)
}

export type Width = 'fp16' | 'fp32'

export function packed(values: Float32Array, width: Width): Bytes {
  const size = width === 'fp32' ? 4 : 2
  const bytes = new Uint8Array(values.length * size)
  const view = new DataView(bytes.buffer)
  for (const [at, value] of values.entries())
    if (width === 'fp32') view.setFloat32(at * size, value, true)
    else view.setUint16(at * size, halfOf(value), true)
  return bytes
}

export function unpacked(bytes: Bytes, width: Width): Float32Array<ArrayBuffer> {
  const size = width === 'fp32' ? 4 : 2
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Float32Array.from({ length: Math.floor(bytes.length / size) }, (_, at) =>
    width === 'fp32' ? view.getFloat32(at * size, true) : fromHalf(view.getUint16(at * size, true)),
  )
}
