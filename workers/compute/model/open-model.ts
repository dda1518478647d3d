import { HearthError } from '#protocol/core/errors.ts'
import type { ModelManifest } from '#protocol/distributed-inference/model-manifest.ts'
import { analyse } from '../cut/analyse.ts'
import type { ReadRange } from '../cut/weights.ts'
import type { OpenModel } from '../engine/engine.ts'
import { shapeOf } from '../engine/shape.ts'
import { createTextCodec, type TextCodec } from '../text/tokenizer.ts'
import { jsonObject, type ModelConfig, modelConfig } from './config.ts'
import {
  covers,
  HELD_FILE,
  heldLayers,
  holds,
  isOurs,
  MANIFEST_FILE,
  notHere,
  PART_FILE,
  readHeld,
  readManifest,
} from './kept.ts'
import type { Library } from './library.ts'
import { isDataOf, type ModelFile, manifestOf } from './manifest.ts'

/** A model's folder, wherever it lies: names are paths below it, with slashes. */
export interface ModelFolder {
  /** Unique on this device. */
  readonly id: string
  readonly names: readonly string[]
  /** Whether it lies elsewhere, and nothing can be laid beside it. */
  readonly borrowed?: boolean
  /** @throws HearthError `not_found` */
  file(name: string): Promise<Blob>
}

/** A model that can be cut, loaded and talked to. */
export interface ReadyModel extends OpenModel {
  readonly codec: TextCodec
  readonly config: ModelConfig
  /** What identifies the weights (`weightsHashOf`, DLM-7), `sha256:` and lowercase hex. */
  readonly weightsHash: string
  /** Of the graph and all its weights, here or not. */
  readonly bytes: number
  readonly manifest: ModelManifest
  /** Layers whose weights are here now; more may come. Reading others is `not_found`. */
  heldLayers(): Promise<readonly number[]>
}

/** Of several graphs, the one that processors and cards both run well comes first (see findings on q4 on processors). */
export const GRAPHS = [
  'model_quantized.onnx',
  'model_int8.onnx',
  'model_uint8.onnx',
  'model.onnx',
  'model_q4.onnx',
  'model_fp16.onnx',
  'model_q4f16.onnx',
]
/**
 * Opens a folder in either published layout: `config.json` and `onnx/*.onnx` of transformers.js, or `genai_config.json` and
 * `model.onnx` of ONNX Runtime. Where a manifest and a record of checked pieces lie beside the files, they are believed, and layers
 * may be missing; otherwise every file is hashed.
 * @throws HearthError `bad_request` naming the file that is missing or wrong, `not_implemented` for a graph that cannot be cut,
 * `not_found` while not everything is here that all layers need
 */
export async function openModel(folder: ModelFolder): Promise<ReadyModel> {
  if (folder.names.includes(PART_FILE)) throw notHere(folder.id, 'what belongs to it')
  const names = folder.names.filter((name) => !isOurs(name))
  const graphPath = graphOf(names)
  const below = graphPath.slice(0, graphPath.lastIndexOf('/') + 1)
  const graphFile = graphPath.slice(below.length)
  const kept = await keptIn(folder)
  if (kept) await requireShared(folder.id, kept)
  const text = async (...wanted: readonly string[]): Promise<string | null> => {
    const name = wanted.find((one) => names.includes(one))
    return name === undefined ? null : (await folder.file(name)).text()
  }
  const needed = async (...wanted: readonly string[]): Promise<string> => {
    const found = await text(...wanted)
    if (found === null) throw new HearthError('bad_request', `the model's folder has no ${wanted.join(' or ')}`)
    return found
  }
  const said = modelConfig(jsonObject(await needed('config.json', 'genai_config.json'), 'the configuration'))
  const template = await text('chat_template.jinja')
  const codec = createTextCodec(
    {
      tokenizer: jsonObject(await needed('tokenizer.json'), 'tokenizer.json'),
      config: jsonObject((await text('tokenizer_config.json')) ?? '{}', 'tokenizer_config.json'),
      ...(template !== null && { template }),
    },
    said.ends,
  )
  const graph = new Uint8Array(await (await folder.file(graphPath)).arrayBuffer())
  const decoder = analyse(graph, graphFile)
  const config = { ...said, positions: leastOf(said.positions, decoder.positions) }
  const manifest =
    kept?.manifest ?? (await manifestOf({ id: folder.id, decoder, graph: graphPath, files: await filesOf(folder, names) }))
  return {
    id: folder.id,
    decoder,
    shape: shapeOf(decoder, config),
    read: readingFrom(folder, below, kept),
    codec,
    config,
    weightsHash: manifest.weights_sha256,
    bytes: manifest.files.reduce(
      (sum, { name, bytes }) => sum + (name === graphPath || isDataOf(name, graphPath) ? bytes : 0),
      0,
    ),
    manifest,
    heldLayers: async () =>
      kept ? heldLayers(manifest, await kept.held()) : Array.from({ length: decoder.layers }, (_, layer) => layer),
  }
}

const leastOf = (a: number | null, b: number | null): number | null => (a === null || b === null ? (a ?? b) : Math.min(a, b))

/** Opens a model and keeps what was found out of it, so that its files are hashed once. */
export async function openAndKeep(folder: ModelFolder, library: Pick<Library, 'keep'>): Promise<ReadyModel> {
  const model = await openModel(folder)
  const known = [MANIFEST_FILE, HELD_FILE].every((name) => folder.names.includes(name))
  // a disk on which nothing can be kept is hashed again the next time
  if (!known && !folder.borrowed) await library.keep(folder.id, model.manifest).catch(() => undefined)
  return model
}

/** What is known of a folder without reading it whole. */
interface Kept {
  readonly manifest: ModelManifest
  /** As it is now: pieces may be on their way. @throws HearthError `not_found` */
  held(): Promise<Uint8Array<ArrayBuffer>>
}

async function keptIn(folder: ModelFolder): Promise<Kept | null> {
  if (![MANIFEST_FILE, HELD_FILE].every((name) => folder.names.includes(name))) return null
  const bytes = async (name: string) => new Uint8Array(await (await folder.file(name)).arrayBuffer())
  const manifest = readManifest(await bytes(MANIFEST_FILE))
  return {
    manifest,
    held: async () => {
      const held = readHeld(manifest, await bytes(HELD_FILE))
      if (!held) throw notHere(folder.id, HELD_FILE)
      return held
    },
  }
}

/** Without all of its text and graph nothing of a model can be read. */
async function requireShared(id: string, { manifest, held }: Kept): Promise<void> {
  const here = await held()
  const missing = manifest.pieces.find(({ part }, index) => (part === 'text' || part === 'graph') && !holds(here, index))
  if (missing) throw notHere(id, manifest.files[missing.file]?.name ?? '')
}

const filesOf = (folder: ModelFolder, names: readonly string[]): Promise<readonly ModelFile[]> =>
  Promise.all(names.map(async (name) => ({ name, blob: await folder.file(name) })))

function graphOf(names: readonly string[]): string {
  for (const wanted of GRAPHS) {
    const found = names.find((name) => name === wanted || name === `onnx/${wanted}`)
    if (found !== undefined) return found
  }
  throw new HearthError('bad_request', "the model's folder has no ONNX graph")
}

/** Never what is not checked: a hole would be computed with as if it were zeros. */
const readingFrom =
  (folder: ModelFolder, below: string, kept: Kept | null): ReadRange =>
  async ({ file, offset, length }) => {
    const name = below + file
    if (kept && !covers(kept.manifest, await kept.held(), name, offset, length)) throw notHere(folder.id, name)
    const read = async (): Promise<Uint8Array> =>
      new Uint8Array(await (await folder.file(name)).slice(offset, offset + length).arrayBuffer())
    // a browser gives up a file into which something was written meanwhile, as more layers are: asked again it gives it
    return read().catch(read)
  }
