import { sha256 } from '@noble/hashes/sha2.js'
import { toHex } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { matches } from '#protocol/core/schema.ts'
import {
  DISTRIBUTED_LLM_MAX_FILES_PER_MODEL,
  DISTRIBUTED_LLM_MAX_PIECES_PER_MODEL,
  DISTRIBUTED_LLM_PIECE_BYTES,
} from '#protocol/distributed-inference/constants.ts'
import {
  FileNameSchema,
  type ModelManifest,
  type Piece,
  weightsHashOf,
} from '#protocol/distributed-inference/model-manifest.ts'
import type { Decoder } from '../cut/analyse.ts'
import { type PartRange, partsOf } from './parts.ts'

/** A file of a model, wherever it lies. */
export interface ModelFile {
  readonly name: string
  readonly blob: Blob
}

interface Described {
  readonly id: string
  readonly decoder: Decoder
  /** Path of the graph. */
  readonly graph: string
  readonly files: readonly ModelFile[]
}

/** `model.onnx.data`, `model.onnx_data`, `model.onnx_data_1` beside `model.onnx`. */
export const isDataOf = (name: string, graph: string): boolean =>
  name.startsWith(graph) && /^[._]data(_\d+)?$/.test(name.slice(graph.length))

/** What belongs to no model: other graphs in the same folder, and files whose names nobody else could take. */
const belongs = (name: string, graph: string): boolean =>
  matches(FileNameSchema, name) && (name === graph || isDataOf(name, graph) || !/\.onnx([._]data(_\d+)?)?$/.test(name))

/**
 * Says what a model consists of (DLM-7): the same files give the same manifest on every device.
 * @throws HearthError `capacity_exceeded` for one with more files or pieces than a manifest may have
 */
export async function manifestOf({ id, decoder, graph, files }: Described): Promise<ModelManifest> {
  const own = files.filter(({ name }) => belongs(name, graph)).sort((a, b) => (a.name < b.name ? -1 : 1))
  const below = graph.slice(0, graph.lastIndexOf('/') + 1)
  const described: ModelManifest['files'] = []
  const pieces: Piece[] = []
  for (const [file, { name, blob }] of own.entries()) {
    const isGraph = name === graph
    const parts: readonly PartRange[] =
      isGraph || isDataOf(name, graph)
        ? partsOf(decoder, name.slice(below.length), blob.size, isGraph)
        : [{ part: 'text', offset: 0, length: blob.size }]
    const whole = sha256.create()
    for (const { part, offset, length } of parts.flatMap(inPieces)) {
      const bytes = new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer())
      whole.update(bytes)
      pieces.push({ part, file, offset, length, sha256: await hashOf(bytes) })
    }
    described.push({ name, bytes: blob.size, sha256: toHex(whole.digest()) })
  }
  if (own.length > DISTRIBUTED_LLM_MAX_FILES_PER_MODEL || pieces.length > DISTRIBUTED_LLM_MAX_PIECES_PER_MODEL)
    throw new HearthError('capacity_exceeded', `${id} has ${own.length} files and ${pieces.length} pieces`)
  return {
    format: 'hearthnet-model',
    version: 1,
    model: id,
    weights_sha256: weightsHashOf({ files: described, pieces }),
    layers: decoder.layers,
    files: described,
    pieces,
  }
}

const inPieces = ({ part, offset, length }: PartRange): readonly PartRange[] =>
  Array.from({ length: Math.ceil(length / DISTRIBUTED_LLM_PIECE_BYTES) }, (_, index) => {
    const from = index * DISTRIBUTED_LLM_PIECE_BYTES
    return { part, offset: offset + from, length: Math.min(DISTRIBUTED_LLM_PIECE_BYTES, length - from) }
  })

/** SHA-256, lowercase hex; off this thread, where whole pieces are at hand. */
export const hashOf = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
