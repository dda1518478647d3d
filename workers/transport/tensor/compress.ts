import { TENSOR_COMPRESSION_LEVEL, TENSOR_COMPRESSION_THRESHOLD_BYTES } from '#protocol/tensor-transport/constants.ts'
import { refusal } from './refusal.ts'

/** zstd (RFC 8878), one frame in and out. */
export interface Zstd {
  compress(bytes: Uint8Array, level: number): Uint8Array
  /** Throws on anything that is no zstd frame. */
  decompress(bytes: Uint8Array): Uint8Array
}

let loading: Promise<Zstd> | null = null

/** 80 KiB of WebAssembly, fetched when the first frame that shrinks is met. A failed load is tried again. */
export function loadZstd(): Promise<Zstd> {
  loading ??= import('@bokuweb/zstd-wasm')
    .then(async (zstd) => {
      await zstd.init()
      return zstd
    })
    .catch((cause: unknown) => {
      loading = null
      throw cause
    })
  return loading
}

const SAMPLE_PIECES = 3
const SAMPLE_PIECE_BYTES = 8192
/** A sample has to shrink to this share for a tensor to be worth the time (TEN-8). */
const WORTHWHILE_SHARE = 0.8

/** Beginning, middle and end in one: headers and padding lie at the edges, what a tensor is like lies inside. */
function sampleOf(bytes: Uint8Array): Uint8Array {
  const sample = new Uint8Array(SAMPLE_PIECES * SAMPLE_PIECE_BYTES)
  const step = Math.floor((bytes.length - SAMPLE_PIECE_BYTES) / (SAMPLE_PIECES - 1))
  for (let piece = 0; piece < SAMPLE_PIECES; piece++)
    sample.set(bytes.subarray(piece * step, piece * step + SAMPLE_PIECE_BYTES), piece * SAMPLE_PIECE_BYTES)
  return sample
}

/**
 * Whether a tensor goes compressed (TEN-8): gaussian activations shrink by a few per cent and would only be slowed down.
 * Costs about a fifth of a millisecond.
 */
export function isWorthCompressing(zstd: Zstd, bytes: Uint8Array): boolean {
  if (bytes.length <= TENSOR_COMPRESSION_THRESHOLD_BYTES) return false
  const sample = sampleOf(bytes)
  return zstd.compress(sample, TENSOR_COMPRESSION_LEVEL).length <= WORTHWHILE_SHARE * sample.length
}

/** A frame's data compressed, or null where it would not be smaller. */
export function compressed(zstd: Zstd, data: Uint8Array): Uint8Array | null {
  if (data.length <= TENSOR_COMPRESSION_THRESHOLD_BYTES) return null
  const smaller = zstd.compress(data, TENSOR_COMPRESSION_LEVEL)
  return smaller.length < data.length ? smaller : null
}

const MAGIC = 0xfd2f_b528
const SINGLE_SEGMENT = 0x20
const RESERVED_BIT = 0x08

/**
 * The size that a zstd frame says its content has (RFC 8878, 3.1.1.1), or null where it says none. Read before anything is
 * unpacked: a kilobyte can claim gigabytes.
 */
export function contentSizeOf(frame: Uint8Array): number | null {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (frame.length < 6 || view.getUint32(0, true) !== MAGIC) return null
  const descriptor = view.getUint8(4)
  if ((descriptor & RESERVED_BIT) !== 0) return null
  const single = (descriptor & SINGLE_SEGMENT) !== 0
  const sizeCode = descriptor >> 6
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
  const at = 5 + (single ? 0 : 1) + dictionaryBytes
  const sizeBytes = sizeCode === 0 ? (single ? 1 : 0) : 1 << sizeCode
  if (sizeBytes === 0 || frame.length < at + sizeBytes) return null
  if (sizeBytes === 1) return view.getUint8(at)
  if (sizeBytes === 2) return view.getUint16(at, true) + 256
  if (sizeBytes === 4) return view.getUint32(at, true)
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32
}

/**
 * Data of a COMPRESSED frame (TEN-8).
 * @param most bytes that may come out
 * @throws HearthError (`bad_payload`): no zstd frame, no content size, or one over `most`
 */
export function decompressed(zstd: Zstd, data: Uint8Array, most: number): Uint8Array {
  const size = contentSizeOf(data)
  if (size === null) throw refusal('bad_payload', 'no zstd frame that says its size')
  if (size > most) throw refusal('bad_payload', `${size} bytes unpacked, over ${most}`)
  let plain: Uint8Array
  try {
    plain = zstd.decompress(data)
  } catch {
    throw refusal('bad_payload', 'a broken zstd frame')
  }
  if (plain.length !== size) throw refusal('bad_payload', 'another size than it says')
  return plain
}
