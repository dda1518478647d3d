import { analyse } from '../../workers/compute/cut/analyse.ts'
import { cut } from '../../workers/compute/cut/cut.ts'
import { wholeOf } from '../../workers/compute/cut/span.ts'
import { HELD_FILE, holds, MANIFEST_FILE, mark, noneHeld } from '../../workers/compute/model/kept.ts'
import { manifestOf } from '../../workers/compute/model/manifest.ts'
import { modelOf, withWeightsBeside } from '../../workers/compute/testing/synthesise.ts'
import { SMALL, type Synthetic } from '../../workers/compute/testing/synthetic/shape.ts'

export type Weights = 'fp32' | 'int8'

/** 50 million parameters: 12 layers, which both two and three devices can share evenly. */
const SHAPE: Synthetic = {
  ...SMALL,
  layers: 12,
  hidden: 512,
  heads: 8,
  kvHeads: 4,
  inner: 1536,
  vocabulary: 12_000,
  positions: 512,
}
export const LAYERS = SHAPE.layers

/** Of which tokens the text is: a byte is one token, so a question has as many tokens as letters. */
const BYTES = 256
const GRAPH_FILE = 'model.onnx'
const DATA_FILE = 'model.onnx.data'

export interface RandomModel {
  readonly id: string
  readonly parameters: number
  readonly weightsBytes: number
  /** What a device keeps that has all of it, by names below the model's folder. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>
  /** The record of a device that has only these layers, and both ends. */
  heldWith(first: number, end: number): Uint8Array<ArrayBuffer>
}

/** A model in the published layout whose weights are random: correct in size and meaningless in content. Nothing of it is kept. */
export async function randomModel(weights: Weights): Promise<RandomModel> {
  const id = `random-${weights}`
  const { graph, data } = withWeightsBeside(modelOf({ ...SHAPE, weights }), DATA_FILE)
  const decoder = analyse(graph, GRAPH_FILE)
  const files = new Map<string, Uint8Array<ArrayBuffer>>([
    [GRAPH_FILE, graph],
    [DATA_FILE, data],
    ['config.json', json(configuration())],
    ['tokenizer.json', json(tokenizer())],
    ['tokenizer_config.json', json({})],
  ])
  const manifest = await manifestOf({
    id,
    decoder,
    graph: GRAPH_FILE,
    files: [...files].map(([name, bytes]) => ({ name, blob: new Blob([bytes]) })),
  })
  const heldWith = (first: number, end: number): Uint8Array<ArrayBuffer> => {
    const held = noneHeld(manifest)
    for (const [index, { part }] of manifest.pieces.entries()) {
      const layer = /^\d+$/.test(part) ? Number(part) : null
      if (layer === null || (layer >= first && layer < end)) mark(held, index)
    }
    return held
  }
  files.set(MANIFEST_FILE, json(manifest))
  files.set(HELD_FILE, heldWith(0, LAYERS))
  if (!holds(heldWith(0, LAYERS), manifest.pieces.length - 1)) throw new Error('not all of the model is marked')
  return { id, parameters: parametersOf(), weightsBytes: cut(decoder, wholeOf(decoder)).weightsBytes, files, heldWith }
}

const json = (value: object): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(value))

function parametersOf(): number {
  const { layers, hidden, heads, kvHeads, inner, vocabulary } = SHAPE
  const attention = 2 * hidden * hidden + 2 * hidden * ((hidden / heads) * kvHeads)
  return layers * (attention + 3 * hidden * inner) + 2 * vocabulary * hidden
}

const configuration = () => ({
  hidden_size: SHAPE.hidden,
  num_attention_heads: SHAPE.heads,
  num_hidden_layers: SHAPE.layers,
  num_key_value_heads: SHAPE.kvHeads,
  max_position_embeddings: SHAPE.positions,
  vocab_size: SHAPE.vocabulary,
})

/** Byte by byte, without merges; what the model says beside bytes has a name of its own, so that every token is heard. */
function tokenizer() {
  const letters = byteLetters()
  const names = Array.from({ length: SHAPE.vocabulary }, (_, token) => letters[token] ?? `t${token}`)
  return {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab: Object.fromEntries(names.map((name, token) => [name, token])), merges: [] },
  }
}

/** The letter that stands for each byte (GPT-2's table): printable ones for themselves, others from 256 up. */
function byteLetters(): readonly string[] {
  const printable = (byte: number): boolean => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173)
  let next = BYTES
  return Array.from({ length: BYTES }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++))
}
