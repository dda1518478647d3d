const scratch = new DataView(new ArrayBuffer(4))

/** IEEE 754 half precision, rounded to nearest, ties to even. @returns the 16 bits */
export function toHalf(value: number): number {
  scratch.setFloat32(0, value)
  const bits = scratch.getUint32(0)
  const sign = (bits >>> 16) & 0x8000
  const exponent = (bits >>> 23) & 0xff
  const fraction = bits & 0x7fffff
  if (exponent === 0xff) return sign | 0x7c00 | (fraction ? 0x200 : 0)
  const scaled = exponent - 112
  if (scaled >= 31) return sign | 0x7c00
  if (scaled < -10) return sign
  // below the smallest normal number the hidden bit becomes a plain one
  const [base, shift] = scaled > 0 ? [fraction | (scaled << 23), 13] : [fraction | 0x800000, 14 - scaled]
  const half = base >>> shift
  const rest = base & (2 ** shift - 1)
  const middle = 2 ** (shift - 1)
  return sign | (half + (rest > middle || (rest === middle && half & 1) ? 1 : 0))
}

export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

export const halvesOf = (values: Float32Array): Uint16Array<ArrayBuffer> => Uint16Array.from(values, toHalf)
export const fromHalves = (bits: Uint16Array): Float32Array<ArrayBuffer> => Float32Array.from(bits, fromHalf)
