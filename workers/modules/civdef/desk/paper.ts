import { base32nopad } from '@scure/base'
import type { Static, TSchema } from '@sinclair/typebox'
import { canonicalBytes } from '#protocol/core/canonical.ts'
import { concatBytes } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { parseJson } from '#protocol/core/json.ts'
import { parseAs } from '#protocol/core/schema.ts'

/**
 * What goes from tablet to tablet as a QR code: `HN1:`, a letter for what it is, `:`, and base32 of the deflated canonical JSON.
 * All of it is in the alphabet that QR codes hold at 5.5 bits a character (ISO/IEC 18004, alphanumeric), so base32 costs a tenth
 * where base64url would cost a third; and it survives being copied by hand.
 */
const HEAD = 'HN1:'

/** A letter for each kind of paper. */
export const PAPERS = {
  ...({ cosign_request: 'K', cosign_answer: 'A', ceremony_request: 'R', certificate: 'C', forwarded_alert: 'F' } as const),
} as const
export type Paper = keyof typeof PAPERS

/** What a text may grow to: a request in nine languages with every line used, and no bomb. */
const MAX_BYTES = 256 * 1024

async function gather(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = stream.getReader()
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    size += step.value.length
    if (size > limit) {
      await reader.cancel()
      throw new HearthError('bad_request', 'more than any of these is')
    }
    chunks.push(step.value)
  }
  return concatBytes(...chunks)
}

const through = (bytes: Uint8Array<ArrayBuffer>, by: CompressionStream | DecompressionStream, limit: number) =>
  gather(new Blob([bytes]).stream().pipeThrough(by), limit)

export async function toPaper(kind: Paper, value: object): Promise<string> {
  const packed = await through(canonicalBytes(value), new CompressionStream('deflate-raw'), MAX_BYTES)
  return `${HEAD}${PAPERS[kind]}:${base32nopad.encode(packed)}`
}

/** What a text is, by its head alone; null for something else. */
export function paperKind(text: string): Paper | null {
  const head = text.trim().slice(0, HEAD.length + 2)
  const found = Object.entries(PAPERS).find(([, letter]) => head === `${HEAD}${letter}:`)
  // the keys of PAPERS
  return found ? (found[0] as Paper) : null
}

/** @throws HearthError `bad_request` for anything that is not that paper, whole */
export async function fromPaper<S extends TSchema>(kind: Paper, text: string, schema: S): Promise<Static<S>> {
  if (paperKind(text) !== kind) throw new HearthError('bad_request', 'not the code that is wanted here')
  // spaces come in where a text is copied over lines
  const body = text
    .trim()
    .slice(HEAD.length + 2)
    .replace(/\s+/g, '')
    .toUpperCase()
  let bytes: Uint8Array<ArrayBuffer>
  try {
    const packed = new Uint8Array(base32nopad.decode(body))
    bytes = await through(packed, new DecompressionStream('deflate-raw'), MAX_BYTES)
  } catch (cause) {
    if (cause instanceof HearthError) throw cause
    throw new HearthError('bad_request', 'the code is damaged', { cause })
  }
  return parseAs(schema, parseJson(bytes), 'bad_request')
}
