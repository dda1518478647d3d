import type { Static } from '@sinclair/typebox'
import { toHex, utf8 } from '../core/encoding.ts'
import { HearthError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import { CountSchema, parseAs, Strict } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import {
  DISTRIBUTED_LLM_MAX_FILES_PER_MODEL,
  DISTRIBUTED_LLM_MAX_PIECES_PER_MODEL,
  DISTRIBUTED_LLM_PIECE_BYTES,
} from './constants.ts'
import { ModelIdSchema, WeightsHashSchema } from './schemas.ts'

/** A path below the model's folder, with slashes; nothing hidden, nothing that leads out of it. */
export const FileNameSchema = Type.String({
  maxLength: 200,
  pattern: '^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*){0,3}$',
  description: "Path below the model's folder",
})
const Sha256Schema = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256, lowercase hex' })

/**
 * What bytes are for. A layer's number: that layer alone. `embed`, `head`: the lower and the upper end; `ends`: both, as a table
 * that is tied. `graph`: what says how all of it is put together, needed by everybody. `text`: configuration and tokenizer.
 */
const PartSchema = Type.String({ pattern: '^(text|graph|embed|head|ends|0|[1-9]\\d{0,3})$' })

export const PieceSchema = Strict({
  part: PartSchema,
  /** Place in `files`. */
  file: Type.Integer({ minimum: 0, maximum: DISTRIBUTED_LLM_MAX_FILES_PER_MODEL - 1 }),
  offset: CountSchema,
  length: Type.Integer({ minimum: 1, maximum: DISTRIBUTED_LLM_PIECE_BYTES }),
  sha256: Sha256Schema,
})
export type Piece = Static<typeof PieceSchema>

/** Everything a model consists of, by layer and hash (DLM-7). Files are in the order of their names, pieces in that of their places. */
export const ModelManifestSchema = Strict({
  format: Type.Literal('hearthnet-model'),
  version: Type.Literal(1),
  model: ModelIdSchema,
  weights_sha256: WeightsHashSchema,
  layers: Type.Integer({ minimum: 1, maximum: 4096 }),
  files: Type.Array(Strict({ name: FileNameSchema, bytes: CountSchema, sha256: Sha256Schema }), {
    minItems: 1,
    maxItems: DISTRIBUTED_LLM_MAX_FILES_PER_MODEL,
  }),
  pieces: Type.Array(PieceSchema, { minItems: 1, maxItems: DISTRIBUTED_LLM_MAX_PIECES_PER_MODEL }),
})
export type ModelManifest = Static<typeof ModelManifestSchema>

/** What a box says at `/box/models.json` of its operator's folder of models; none where there is no such folder. */
export const BoxModelsSchema = Strict({
  models: Type.Array(
    Strict({
      model: ModelIdSchema,
      files: Type.Array(Strict({ name: FileNameSchema, bytes: CountSchema }), {
        maxItems: DISTRIBUTED_LLM_MAX_FILES_PER_MODEL,
      }),
    }),
    { maxItems: 256 },
  ),
})
export type BoxModel = Static<typeof BoxModelsSchema>['models'][number]

/**
 * What identifies a model's weights: SHA-256 over a line for each file of the graph and its weights, `name NUL bytes LF`, each
 * followed by a line for each of its pieces, `part NUL offset NUL length NUL sha256 LF`. So a manifest that has the right
 * hash has the right hashes of all its layers, whoever it comes from.
 */
export function weightsHashOf({ files, pieces }: Pick<ModelManifest, 'files' | 'pieces'>): string {
  const lines = files.map(({ name, bytes }) => [`${name}\0${bytes}\n`])
  const weights = new Set<number>()
  for (const { file, part, offset, length, sha256: hash } of pieces) {
    if (part === 'text') continue
    weights.add(file)
    lines[file]?.push(`${part}\0${offset}\0${length}\0${hash}\n`)
  }
  const said = lines.flatMap((of, file) => (weights.has(file) ? of : [])).join('')
  return `sha256:${toHex(sha256(utf8(said)))}`
}

const wrong = (message: string): HearthError => new HearthError('bad_request', message, { data: { field: '/pieces' } })

/**
 * Reads a manifest from anywhere.
 * @throws HearthError `bad_request` where it contradicts itself, `weights_mismatch` where its hash is not that of its pieces
 */
export function parseManifest(value: unknown): ModelManifest {
  const manifest = parseAs(ModelManifestSchema, value, 'bad_request')
  const { files, pieces, layers } = manifest
  for (const [index, { name }] of files.entries())
    if (index > 0 && name <= (files[index - 1]?.name ?? '')) throw wrong('files are not in the order of their names')
  let file = 0
  let at = 0
  const next = (until: number): void => {
    while (file < until && at === files[file]?.bytes) {
      file += 1
      at = 0
    }
  }
  for (const piece of pieces) {
    next(piece.file)
    if (piece.file !== file || piece.offset !== at) throw wrong('pieces do not lie one behind the other')
    if (/^\d/.test(piece.part) && Number(piece.part) >= layers) throw wrong(`there is no layer ${piece.part}`)
    at += piece.length
    if (at > (files[file]?.bytes ?? 0)) throw wrong('a piece is longer than its file')
  }
  next(files.length)
  if (file !== files.length) throw wrong('pieces do not cover their files')
  if (weightsHashOf(manifest) !== manifest.weights_sha256)
    throw new HearthError('weights_mismatch', 'the pieces are not those of these weights')
  return manifest
}

/** What a device is to hold of a model. */
export interface Wanted {
  /** Null: all of them. */
  readonly layers: ReadonlySet<number> | null
  /** The embedding and the head: what it takes to ask, not to compute layers for others. */
  readonly ends: boolean
}

export function isWanted(part: string, { layers, ends }: Wanted): boolean {
  if (part === 'text' || part === 'graph') return true
  return /^\d/.test(part) ? (layers?.has(Number(part)) ?? true) : ends
}
