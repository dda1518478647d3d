import { sha256 } from '@noble/hashes/sha2.js'
import { computing } from '../../../client/computing-peer.ts'
import { type Json, toBase64Url, toHex, utf8 } from '../../../client/encoding.ts'
import type { Hosted } from '../../../client/layers.ts'
import { TENSOR } from '../../../client/tensor.ts'
import { TensorTalk } from '../../../client/tensor-session.ts'
import { type Case, ensure, isObject, type JsonObject, member, same } from '../../../harness/case.ts'
import type { Context } from '../../../harness/context.ts'

// M26: a model that the node brings from a peer of the suite (DLM-7). It is none that can be computed: only its bytes matter here.

const NAMES = 'experimental.distributed_llm'
const OFFERS = `${NAMES}.model.offers`
const MANIFEST = `${NAMES}.model.manifest`
const CONNECT = `${NAMES}.model.connect`
const LONG_MS = 30_000
const NOTHING: Hosted = { model: 'x', weights: '', layers: 1, shardId: '', width: 1, maxTokens: 1, streams: 1, shard: {} }

const hashOf = (text: string): string => toHex(sha256(utf8(text)))
const TEXT = '{}'
/** Bytes of its three layers, of which two are wanted, so that no file is whole: other models have others, or a node could have them of whoever holds those. */
const layersOf = (model: string): readonly string[] =>
  ['first', 'second', 'third'].map((which) => `the ${which} layer of ${model}`)
const piecesOf = (model: string): readonly string[] => [TEXT, ...layersOf(model)]
const bytesOf = (model: string): number => layersOf(model).join('').length

/** A model of three layers and nothing else, called as the case wants. */
function manifestOf(model: string): JsonObject & { readonly weights_sha256: string } {
  let offset = 0
  const pieces: JsonObject[] = layersOf(model).map((text, layer) => {
    const piece = { file: 1, part: String(layer), offset, length: text.length, sha256: hashOf(text) }
    offset += text.length
    return piece
  })
  const lines = pieces.map(({ part, offset, length, sha256 }) => `${part}\0${offset}\0${length}\0${sha256}\n`)
  const listed = `onnx/model.onnx\0${bytesOf(model)}\n${lines.join('')}`
  return {
    ...{ format: 'hearthnet-model', version: 1, model, layers: 3, weights_sha256: `sha256:${hashOf(listed)}` },
    files: [
      { name: 'config.json', bytes: TEXT.length, sha256: hashOf(TEXT) },
      { name: 'onnx/model.onnx', bytes: bytesOf(model), sha256: hashOf(layersOf(model).join('')) },
    ],
    pieces: [{ file: 0, part: 'text', offset: 0, length: TEXT.length, sha256: hashOf(TEXT) }, ...pieces],
  }
}

/** A peer that has this model. @param given what it gives for each piece, and as the manifest */
async function holder(context: Context, model: string, manifest: Json, given: readonly string[]): Promise<void> {
  const { weights_sha256 } = manifestOf(model)
  const peer = await context.fresh('trusted')
  const session_id = peer.ulid()
  const held_layers = [{ from: 0, to: 2 }]
  const held_pieces = toBase64Url(new Uint8Array([0b1111_0000]))
  const bytes = TEXT.length + bytesOf(model)
  const offered = { model, weights_sha256, bytes, layers: 3, held_layers, held_pieces }
  computing(peer, NOTHING, {
    answers: {
      [OFFERS]: { models: [offered] },
      [MANIFEST]: { manifest },
      [CONNECT]: { session_id, session_token: `hntoken://v1/${session_id}` },
    },
  })
  peer.line.serve(TENSOR, (stream) => {
    void (async () => {
      const talk = await TensorTalk.accept(stream, 'int8')
      if (!(talk instanceof TensorTalk)) return
      while (!talk.over) {
        const asked = await talk.next(LONG_MS)
        if (!asked) continue
        const view = new DataView(asked.bytes.buffer, asked.bytes.byteOffset, asked.bytes.length)
        for (let at = 0; at < asked.bytes.length; at += 4) {
          const id = view.getUint32(at)
          const data = utf8(given[id] ?? '')
          await talk.send({ id, dtype: 'int8', shape: [data.length], bytes: data })
        }
      }
    })().catch(() => stream.abort())
  })
}

const stateOf = async ({ does }: Context, model: string): Promise<JsonObject | undefined> => {
  const models = member(await does(`${NAMES}.model.list`, {}), 'models')
  return Array.isArray(models) ? models.filter(isObject).find((each) => each.model === model) : undefined
}

/** The person asks for layers of it, and what became of that is looked at. */
const bringing = (
  id: string,
  title: string,
  wrong: (
    manifest: JsonObject,
    pieces: readonly string[],
  ) => { readonly manifest: JsonObject; readonly pieces: readonly string[] },
  look: (context: Context, model: string) => Promise<void>,
): Case => ({
  ...{ id, title, capability: `${NAMES}.model.import`, needs: ['person', 'inbound'], limitMs: 120_000 },
  async run(context) {
    const model = id.replaceAll('.', '-')
    const right = manifestOf(model)
    const { manifest, pieces } = wrong(right, piecesOf(model))
    await holder(context, model, manifest, pieces)
    const input = { model, from: 'peers', weights_sha256: right.weights_sha256, layers: { from: 0, to: 1 }, ends: false }
    await context.does(`${NAMES}.model.import`, input)
    try {
      await look(context, model)
    } finally {
      await context.does(`${NAMES}.model.delete`, { model })
    }
  },
})

/** Whatever became of it: none of its layers is taken for checked. */
async function nothingHeld(context: Context, model: string): Promise<void> {
  const settled = async () => ['waiting', 'failed'].includes(String((await stateOf(context, model))?.state))
  ensure(await context.eventually(settled, LONG_MS), 'a model that waits for somebody else', await stateOf(context, model))
  same((await stateOf(context, model))?.held_layers, [], 'layers that are taken for whole')
}

export const cases: readonly Case[] = [
  bringing(
    'DLM-7.from-a-peer',
    'Layers come from a peer piece by piece',
    (manifest, pieces) => ({ manifest, pieces }),
    async (context, model) => {
      const here = async () => JSON.stringify((await stateOf(context, model))?.held_layers) === '[{"from":0,"to":1}]'
      ensure(await context.eventually(here, LONG_MS), 'both layers', await stateOf(context, model))
    },
  ),
  bringing(
    'DLM-7.wrong-piece',
    'A piece with another hash than was said is not kept',
    (manifest, pieces) => ({ manifest, pieces: pieces.map((text, at) => (at === 2 ? text.replace('the', 'not') : text)) }),
    async (context, model) => {
      const settled = async () => ['waiting', 'failed'].includes(String((await stateOf(context, model))?.state))
      ensure(await context.eventually(settled, LONG_MS), 'a model that waits for somebody else', await stateOf(context, model))
      const held = (await stateOf(context, model))?.held_layers
      ensure(!JSON.stringify(held).includes('"to":1'), 'nothing of the second layer', held)
    },
  ),
  bringing(
    'DLM-7.wrong-manifest',
    'A manifest whose list has another hash than was asked for is not taken',
    (manifest, pieces) => {
      const listed = Array.isArray(manifest.pieces) ? manifest.pieces.filter(isObject) : []
      const other = listed.map((piece) => (piece.part === '1' ? { ...piece, sha256: hashOf('something else') } : piece))
      return { manifest: { ...manifest, pieces: other }, pieces }
    },
    nothingHeld,
  ),
]
