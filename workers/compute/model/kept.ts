import { HearthError } from '#protocol/core/errors.ts'
import { parseJson } from '#protocol/core/json.ts'
import { type ModelManifest, parseManifest } from '#protocol/distributed-inference/model-manifest.ts'

/** Beside a model's files: what it consists of, and which pieces of that are here and were checked. No file of a model has such names. */
export const MANIFEST_FILE = 'hearthnet.json'
export const HELD_FILE = 'hearthnet.held'
/** Lies there while files come of which nobody has a manifest yet: until then they are no model. */
export const PART_FILE = 'hearthnet.part'
export const isOurs = (name: string): boolean => [MANIFEST_FILE, HELD_FILE, PART_FILE].includes(name)

/** A bit for each piece, the first one the highest of the first byte. */
export type Held = Uint8Array<ArrayBuffer>

export const noneHeld = ({ pieces }: Pick<ModelManifest, 'pieces'>): Held => new Uint8Array(Math.ceil(pieces.length / 8))
export const holds = (held: Held, piece: number): boolean => ((held[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0
/** Marks a piece as here, or as gone. */
export function mark(held: Held, piece: number, here = true): void {
  const bit = 0x80 >> (piece & 7)
  held[piece >> 3] = here ? (held[piece >> 3] ?? 0) | bit : (held[piece >> 3] ?? 0) & ~bit
}

/** Layers of which every piece is here, from the lowest up. */
export function heldLayers({ pieces, layers }: ModelManifest, held: Held): readonly number[] {
  const missing = new Set(pieces.flatMap(({ part }, index) => (holds(held, index) ? [] : [part])))
  return Array.from({ length: layers }, (_, layer) => layer).filter((layer) => !missing.has(String(layer)))
}

/** Whether what is below layer 0 and above the last one is here. */
export const heldEnds = ({ pieces }: ModelManifest, held: Held): boolean =>
  pieces.every(({ part }, index) => !['embed', 'head', 'ends'].includes(part) || holds(held, index))

/** Bytes of the pieces that are here. */
export const heldBytes = ({ pieces }: ModelManifest, held: Held): number =>
  pieces.reduce((sum, { length }, index) => sum + (holds(held, index) ? length : 0), 0)

/** Whether pieces of `file` that are here cover the range; it ends with the file where it reaches beyond. */
export function covers({ files, pieces }: ModelManifest, held: Held, file: string, offset: number, length: number): boolean {
  const place = files.findIndex(({ name }) => name === file)
  return pieces.every(
    (piece, index) =>
      piece.file !== place || piece.offset >= offset + length || piece.offset + piece.length <= offset || holds(held, index),
  )
}

/** @throws HearthError `bad_request`, `weights_mismatch` */
export const readManifest = (bytes: Uint8Array<ArrayBuffer>): ModelManifest => parseManifest(parseJson(bytes))

/** @returns null for a record that is not one of this manifest */
export function readHeld(manifest: ModelManifest, bytes: Uint8Array<ArrayBuffer>): Held | null {
  return bytes.length === Math.ceil(manifest.pieces.length / 8) ? bytes : null
}

export const notHere = (model: string, file: string): HearthError =>
  new HearthError('not_found', `not all of ${file} of ${model} is on this device`)
