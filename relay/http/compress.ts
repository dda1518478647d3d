import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

type Encoding = 'br' | 'gzip'

const COMPRESSIBLE = new Set(['.css', '.html', '.js', '.json', '.map', '.mjs', '.svg', '.txt', '.wasm', '.webmanifest'])
const MIN_BYTES = 1024
/** Larger files go out as they are: a Raspberry Pi has to hold the packed copy in memory. */
const MAX_BYTES = 32 * 1024 * 1024

const brotli = promisify(brotliCompress)
const gz = promisify(gzip)
const PACK: Readonly<Record<Encoding, (bytes: Buffer) => Promise<Buffer>>> = {
  // 5 is the knee: a tenth of the time of 11 for about 5 % more bytes
  br: (bytes) => brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (bytes) => gz(bytes),
}

interface Source {
  readonly path: string
  readonly size: number
  readonly etag: string
}

function choose(acceptEncoding: string): Encoding | null {
  const accepted = acceptEncoding.split(',').map((entry) => entry.trim().replace(/;q=(?!0(\.0*)?$).*$/, ''))
  return accepted.includes('br') ? 'br' : accepted.includes('gzip') ? 'gzip' : null
}

/**
 * Packs a file once for each encoding and keeps the result: the app is a fixed set of files, so the copies are bounded.
 * @returns null when the file goes out as it is.
 */
export function createCompressor(): (
  file: Source,
  acceptEncoding: string,
) => Promise<{ readonly encoding: Encoding; readonly body: Buffer } | null> {
  const packed = new Map<string, { readonly etag: string; readonly body: Promise<Buffer> }>()
  return async (file, acceptEncoding) => {
    const encoding = choose(acceptEncoding)
    if (!encoding || !COMPRESSIBLE.has(extname(file.path)) || file.size < MIN_BYTES || file.size > MAX_BYTES) return null
    const key = `${encoding} ${file.path}`
    let entry = packed.get(key)
    if (entry?.etag !== file.etag) {
      entry = { etag: file.etag, body: readFile(file.path).then(PACK[encoding]) }
      packed.set(key, entry)
    }
    return { encoding, body: await entry.body }
  }
}
