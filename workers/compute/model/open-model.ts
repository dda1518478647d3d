import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { HearthError } from '#protocol/core/errors.ts'
import { analyse } from '../cut/analyse.ts'
import type { ReadRange } from '../cut/weights.ts'
import type { OpenModel } from '../engine/engine.ts'
import { shapeOf } from '../engine/shard-runner.ts'
import { createTextCodec, type TextCodec } from '../text/tokenizer.ts'
import { jsonObject, type ModelConfig, modelConfig } from './config.ts'

/** A model's folder, wherever it lies: names are paths below it, with slashes. */
export interface ModelFolder {
  /** Unique on this device. */
  readonly id: string
  readonly names: readonly string[]
  /** @throws HearthError `not_found` */
  file(name: string): Promise<Blob>
}

/** A model that can be cut, loaded and talked to. */
export interface ReadyModel extends OpenModel {
  readonly codec: TextCodec
  readonly config: ModelConfig
  /** SHA-256 over the names and SHA-256 of the graph and all its weights (DLM-7), `sha256:` and lowercase hex. */
  readonly weightsHash: string
  readonly bytes: number
}

/** Of several graphs, the one that processors and cards both run well comes first (see findings on q4 on processors). */
const GRAPHS = ['model_quantized.onnx', 'model_int8.onnx', 'model.onnx', 'model_q4.onnx', 'model_fp16.onnx', 'model_q4f16.onnx']
const CHUNK_BYTES = 4 * 1024 * 1024

/**
 * Opens a folder in either published layout: `config.json` and `onnx/*.onnx` of transformers.js, or `genai_config.json` and
 * `model.onnx` of ONNX Runtime.
 * @throws HearthError `bad_request` naming the file that is missing or wrong, `not_implemented` for a graph that cannot be cut
 */
export async function openModel(folder: ModelFolder): Promise<ReadyModel> {
  const graphPath = graphOf(folder.names)
  const below = graphPath.slice(0, graphPath.lastIndexOf('/') + 1)
  const graphFile = graphPath.slice(below.length)
  const text = async (...names: readonly string[]): Promise<string | null> => {
    const name = names.find((wanted) => folder.names.includes(wanted))
    return name === undefined ? null : (await folder.file(name)).text()
  }
  const needed = async (...names: readonly string[]): Promise<string> => {
    const found = await text(...names)
    if (found === null) throw new HearthError('bad_request', `the model's folder has no ${names.join(' or ')}`)
    return found
  }
  const config = modelConfig(jsonObject(await needed('config.json', 'genai_config.json'), 'the configuration'))
  const template = await text('chat_template.jinja')
  const codec = createTextCodec(
    {
      tokenizer: jsonObject(await needed('tokenizer.json'), 'tokenizer.json'),
      config: jsonObject((await text('tokenizer_config.json')) ?? '{}', 'tokenizer_config.json'),
      ...(template !== null && { template }),
    },
    config.ends,
  )
  const graph = new Uint8Array(await (await folder.file(graphPath)).arrayBuffer())
  const decoder = analyse(graph, graphFile)
  const weightNames = folder.names.filter((name) => name === graphPath || isDataOf(name, graphPath))
  const weights = await Promise.all(weightNames.map((name) => folder.file(name)))
  return {
    id: folder.id,
    decoder,
    shape: shapeOf(decoder, config),
    read: readingFrom(folder, below),
    codec,
    config,
    weightsHash: await weightsHashOf(weightNames, weights),
    bytes: weights.reduce((sum, { size }) => sum + size, 0),
  }
}

function graphOf(names: readonly string[]): string {
  for (const wanted of GRAPHS) {
    const found = names.find((name) => name === wanted || name === `onnx/${wanted}`)
    if (found !== undefined) return found
  }
  throw new HearthError('bad_request', "the model's folder has no ONNX graph")
}

/** `model.onnx.data`, `model.onnx_data`, `model.onnx_data_1` beside `model.onnx`. */
const isDataOf = (name: string, graph: string): boolean =>
  name.startsWith(graph) && /^[._]data(_\d+)?$/.test(name.slice(graph.length))

const readingFrom =
  (folder: ModelFolder, below: string): ReadRange =>
  async ({ file, offset, length }) =>
    new Uint8Array(await (await folder.file(below + file)).slice(offset, offset + length).arrayBuffer())

async function weightsHashOf(names: readonly string[], files: readonly Blob[]): Promise<string> {
  const whole = sha256.create()
  for (const [index, name] of names.entries()) {
    const file = files[index]
    if (file) whole.update(new TextEncoder().encode(`${name}\0${await hashOf(file)}\n`))
  }
  return `sha256:${bytesToHex(whole.digest())}`
}

/** Piece by piece: a model need not fit into memory to be checked. */
async function hashOf(file: Blob): Promise<string> {
  const hash = sha256.create()
  for (let at = 0; at < file.size; at += CHUNK_BYTES)
    hash.update(new Uint8Array(await file.slice(at, at + CHUNK_BYTES).arrayBuffer()))
  return bytesToHex(hash.digest())
}
