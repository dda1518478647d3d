import { HearthError } from '#protocol/core/errors.ts'
import { TENSOR_MAX_DIMS } from '#protocol/tensor-transport/constants.ts'
import { TENSOR_ELEMENT_BYTES, type TensorDtype } from '#protocol/tensor-transport/wire.ts'

/** Bytes that an int8 row has behind its elements: its scale, fp32 (TEN-4). */
const INT8_SCALE_BYTES = 4
const INT8_MOST = 127

/** Bytes of a tensor; more than 2^53 come out as Infinity. */
export function tensorBytes(dtype: TensorDtype, shape: readonly number[]): number {
  let bytes: number = TENSOR_ELEMENT_BYTES[dtype]
  if (shape.includes(0)) return 0
  for (const size of shape) bytes *= size
  return Number.isSafeInteger(bytes) ? bytes : Number.POSITIVE_INFINITY
}

/** @throws HearthError `bad_request` where the shape is none, or is not that of the bytes */
export function checkTensor(dtype: TensorDtype, shape: readonly number[], bytes: Uint8Array): void {
  const isSize = (size: number): boolean => Number.isInteger(size) && size >= 0 && size < 2 ** 32
  if (shape.length < 1 || shape.length > TENSOR_MAX_DIMS || !shape.every(isSize))
    throw new HearthError('bad_request', `no shape: ${JSON.stringify(shape)}`)
  const due = tensorBytes(dtype, shape)
  if (bytes.length !== due) throw new HearthError('bad_request', `${bytes.length} bytes where the shape has ${due}`)
}

// What runs here, in every browser and in Node, is little-endian: views of typed arrays are the wire's bytes.
const bytesOf = (view: Uint16Array<ArrayBuffer> | Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength)

/** A view of the bytes, or of a copy where they lie unaligned. */
function aligned(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  if (bytes.length % size !== 0) throw new HearthError('bad_request', `${bytes.length} bytes are no whole elements`)
  return bytes.byteOffset % size === 0 ? bytes : bytes.slice()
}
const as16 = (bytes: Uint8Array<ArrayBuffer>): Uint16Array<ArrayBuffer> => {
  const { buffer, byteOffset, length } = aligned(bytes, 2)
  return new Uint16Array(buffer, byteOffset, length / 2)
}
const as32 = (bytes: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer> => {
  const { buffer, byteOffset, length } = aligned(bytes, 4)
  return new Float32Array(buffer, byteOffset, length / 4)
}
const bitsOf = (values: Float32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> =>
  new Uint32Array(values.buffer, values.byteOffset, values.length)

/** binary32 to binary16, to nearest, ties to even (IEEE 754, 4.3.1); over 65,504 by half a step or more is infinite. */
function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fff_ffff
  if (magnitude >= 0x7f80_0000) return sign | (magnitude > 0x7f80_0000 ? 0x7e00 | ((magnitude >>> 13) & 0x3ff) : 0x7c00)
  if (magnitude >= 0x477f_f000) return sign | 0x7c00
  if (magnitude >= 0x3880_0000) {
    // rebias the exponent, then let the carry of the rounding run into it
    const rebased = magnitude - 0x3800_0000
    return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13)
  }
  if (magnitude <= 0x3300_0000) return sign // half of the least subnormal, or less
  const shift = 126 - (magnitude >>> 23)
  const mantissa = (magnitude & 0x7f_ffff) | 0x80_0000
  const kept = mantissa >>> shift
  const rest = mantissa & ((1 << shift) - 1)
  const half = 1 << (shift - 1)
  return sign | (kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0))
}

/** binary16 to binary32, exactly. */
function wholeOf(half: number): number {
  const sign = (half & 0x8000) << 16
  const exponent = (half >>> 10) & 0x1f
  const mantissa = half & 0x3ff
  if (exponent === 0x1f) return sign | 0x7f80_0000 | (mantissa << 13)
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (mantissa << 13)
  if (mantissa === 0) return sign
  const lead = Math.clz32(mantissa) - 21
  return sign | ((113 - lead) << 23) | (((mantissa << lead) & 0x3ff) << 13)
}

function brainOf(bits: number): number {
  if ((bits & 0x7fff_ffff) > 0x7f80_0000) return (bits >>> 16) | 0x40 // a NaN stays one
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16
}

function narrowed(values: Float32Array<ArrayBuffer>, narrow: (bits: number) => number): Uint8Array<ArrayBuffer> {
  const bits = bitsOf(values)
  const out = new Uint16Array(values.length)
  for (let at = 0; at < out.length; at++) out[at] = narrow(bits[at] ?? 0)
  return bytesOf(out)
}

function widened(bytes: Uint8Array<ArrayBuffer>, widen: (half: number) => number): Float32Array<ArrayBuffer> {
  const halves = as16(bytes)
  const bits = new Uint32Array(halves.length)
  for (let at = 0; at < bits.length; at++) bits[at] = widen(halves[at] ?? 0)
  return new Float32Array(bits.buffer)
}

/**
 * Each row of `width` elements becomes `width + 4` bytes: round(x / scale), ties to even, then the scale, fp32, which is the
 * row's largest magnitude over 127. A row with a NaN or an infinity has NaN for a scale, so that what comes out is NaN, too.
 */
function quantised(values: Float32Array<ArrayBuffer>, width: number): Uint8Array<ArrayBuffer> {
  const rows = values.length / width
  const out = new Uint8Array(rows * (width + INT8_SCALE_BYTES))
  const elements = new Int8Array(out.buffer)
  const view = new DataView(out.buffer)
  for (let row = 0; row < rows; row++) {
    const line = values.subarray(row * width, (row + 1) * width)
    let most = 0
    for (const value of line) most = Math.max(most, Math.abs(value))
    const finite = Number.isFinite(most)
    const scale = finite ? Math.fround(most / INT8_MOST) : Number.NaN
    const start = row * (width + INT8_SCALE_BYTES)
    if (finite && scale > 0) for (let at = 0; at < width; at++) elements[start + at] = nearest((line[at] ?? 0) / scale)
    view.setFloat32(start + width, scale, true)
  }
  return out
}

/** To the nearest of -127..127, ties to even. */
function nearest(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  const rounded = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor
  return Math.max(-INT8_MOST, Math.min(INT8_MOST, rounded))
}

function restored(bytes: Uint8Array<ArrayBuffer>, width: number): Float32Array<ArrayBuffer> {
  const stride = width + INT8_SCALE_BYTES
  const rows = bytes.length / stride
  const elements = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const out = new Float32Array(rows * width)
  for (let row = 0; row < rows; row++) {
    const scale = view.getFloat32(row * stride + width, true)
    for (let at = 0; at < width; at++) out[row * width + at] = (elements[row * stride + at] ?? 0) * scale
  }
  return out
}

export interface Packed {
  readonly dtype: TensorDtype
  readonly shape: readonly number[]
  readonly bytes: Uint8Array<ArrayBuffer>
}

/**
 * Activations for the wire (TEN-4). fp32 shares memory with `values`; int8 makes the last dimension 4 longer, for the scales.
 * @param values row-major, as many as `shape` says
 * @throws HearthError `bad_request` where they are not
 */
export function packTensor(values: Float32Array<ArrayBuffer>, shape: readonly number[], dtype: TensorDtype): Packed {
  checkTensor('fp32', shape, bytesOf(values))
  if (dtype === 'fp32') return { dtype, shape, bytes: bytesOf(values) }
  if (dtype === 'fp16') return { dtype, shape, bytes: narrowed(values, halfOf) }
  if (dtype === 'bf16') return { dtype, shape, bytes: narrowed(values, brainOf) }
  const width = shape.at(-1) ?? 0
  const packed = [...shape.slice(0, -1), width + INT8_SCALE_BYTES]
  return { dtype, shape: packed, bytes: width === 0 ? new Uint8Array(tensorBytes(dtype, packed)) : quantised(values, width) }
}

/**
 * What `packTensor` packed, as fp32 in its own shape.
 * @throws HearthError `bad_request` where bytes and shape differ, or int8 has no room for its scales
 */
export function unpackTensor({ dtype, shape, bytes }: Packed): {
  readonly values: Float32Array<ArrayBuffer>
  readonly shape: readonly number[]
} {
  checkTensor(dtype, shape, bytes)
  if (dtype === 'fp32') return { shape, values: as32(bytes) }
  if (dtype === 'fp16') return { shape, values: widened(bytes, wholeOf) }
  if (dtype === 'bf16') return { shape, values: widened(bytes, (half) => half << 16) }
  const width = (shape.at(-1) ?? 0) - INT8_SCALE_BYTES
  if (width < 0) throw new HearthError('bad_request', 'int8 without scales')
  return { shape: [...shape.slice(0, -1), width], values: restored(bytes, width) }
}
