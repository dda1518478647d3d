import { describe, expect, it } from 'vitest'
import { toHex } from '#protocol/core/encoding.ts'
import { sha256 } from '#protocol/core/hash.ts'
import { isWanted } from '#protocol/distributed-inference/model-manifest.ts'
import { cut } from '../cut/cut.ts'
import { embedOnly, headOnly, layersOnly, wholeOf } from '../cut/span.ts'
import { assemble } from '../cut/weights.ts'
import { MODEL } from '../onnx/model.ts'
import { FIXTURES } from '../testing/fixtures.ts'
import { fixtureFiles, folderOf } from '../testing/folder.ts'
import { synthesise } from '../testing/synthesise.ts'
import { SMALL } from '../testing/synthetic/shape.ts'
import { modelConfig } from './config.ts'
import { HELD_FILE, holds, MANIFEST_FILE, mark, noneHeld } from './kept.ts'
import { openModel } from './open-model.ts'

describe('a model folder', () => {
  it.each(FIXTURES)("is opened in the layout of ONNX Runtime's model builder: %s", async (name) => {
    const files = fixtureFiles(name)
    const model = await openModel(folderOf(files))
    expect(model).toMatchObject({
      decoder: { layers: 8 },
      shape: { hiddenSize: 256, headSize: 32, kvHeads: 2 },
      config: { positions: 512, ends: [2] },
    })
    expect(model.bytes).toBe((files.get('model.onnx')?.length ?? 0) + (files.get('model.onnx.data')?.length ?? 0))
    const bytes = await model.read({ file: 'model.onnx.data', offset: 10, length: 4 })
    expect(bytes).toEqual(files.get('model.onnx.data')?.slice(10, 14))
  })

  it('is opened in the layout of transformers.js, with its weights inside the graph', async () => {
    const graph = MODEL.encode(synthesise(SMALL).decoder.model)
    const tiny = fixtureFiles('qwen2-cpu-int4')
    const config = { hidden_size: 64, num_attention_heads: 4, eos_token_id: [2, 0], max_position_embeddings: 128 }
    const files = new Map<string, Uint8Array<ArrayBuffer> | string>([
      ['config.json', JSON.stringify(config)],
      ['tokenizer.json', tiny.get('tokenizer.json') ?? ''],
      ['onnx/model.onnx', graph],
    ])
    const model = await openModel(folderOf(files))
    expect(model).toMatchObject({ shape: { hiddenSize: 64, headSize: 16 }, config: { positions: 128, ends: [2, 0] } })
    expect(await model.read({ file: 'model.onnx', offset: 3, length: 5 })).toEqual(graph.slice(3, 8))
  })

  it('has another weights hash as soon as one byte of its weights is another, and not when its tokenizer is (DLM-7)', async () => {
    const files = fixtureFiles('qwen2-cpu-int4')
    const { weightsHash } = await openModel(folderOf(files))
    const changed = Uint8Array.from(fixtureFiles('qwen2-cpu-int4').get('model.onnx.data') ?? [])
    changed[3_000_000] = (changed[3_000_000] ?? 0) ^ 1
    expect((await openModel(folderOf(new Map([...files, ['model.onnx.data', changed]])))).weightsHash).not.toBe(weightsHash)
    const renamed = new Map([...files, ['tokenizer_config.json', new TextEncoder().encode('{}')]])
    expect((await openModel(folderOf(renamed))).weightsHash).toBe(weightsHash)
  })

  it('kept with only some layers gives those, and nothing of the others (DLM-7)', async () => {
    const files = fixtureFiles('qwen2-cpu-int4')
    const whole = await openModel(folderOf(files))
    const held = noneHeld(whole.manifest)
    for (const [index, { part }] of whole.manifest.pieces.entries())
      if (isWanted(part, { layers: new Set([2, 3]), ends: false })) mark(held, index)
    const data = Uint8Array.from(files.get('model.onnx.data') ?? [])
    const place = whole.manifest.files.findIndex(({ name }) => name === 'model.onnx.data')
    for (const [index, { file, offset, length }] of whole.manifest.pieces.entries())
      if (file === place && !holds(held, index)) data.fill(0, offset, offset + length)
    const partial = await openModel(
      folderOf(
        new Map<string, Uint8Array<ArrayBuffer> | string>([
          ...files,
          ['model.onnx.data', data],
          [MANIFEST_FILE, JSON.stringify(whole.manifest)],
          [HELD_FILE, held],
        ]),
      ),
    )
    expect(partial.weightsHash).toBe(whole.weightsHash)
    expect(await partial.heldLayers()).toEqual([2, 3])
    for (const span of [layersOnly(2, 3), layersOnly(2, 4)])
      expect(toHex(sha256(await assemble(cut(partial.decoder, span), partial.read)))).toBe(
        toHex(sha256(await assemble(cut(whole.decoder, span), whole.read))),
      )
    for (const span of [layersOnly(1, 3), layersOnly(4, 5), embedOnly, headOnly(whole.decoder), wholeOf(whole.decoder)])
      await expect(assemble(cut(partial.decoder, span), partial.read)).rejects.toMatchObject({ code: 'not_found' })
  })

  it.each([
    ['genai_config.json', 'bad_request', /config/],
    ['tokenizer.json', 'bad_request', /tokenizer/],
    ['model.onnx', 'bad_request', /ONNX/],
  ])('without %s is refused in words', async (name, code, message) => {
    const files = fixtureFiles('qwen2-cpu-int4')
    files.delete(name)
    await expect(openModel(folderOf(files))).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it.each(['no json', '[]', 'null'])('with a configuration of %s is refused', async (text) => {
    const files = new Map([...fixtureFiles('qwen2-cpu-int4'), ['genai_config.json', new TextEncoder().encode(text)]])
    await expect(openModel(folderOf(files))).rejects.toMatchObject({ code: 'bad_request' })
  })
})

describe('a configuration', () => {
  it('says the size of a head, or lets it be worked out', () => {
    expect(modelConfig({ hidden_size: 96, num_attention_heads: 3 })).toMatchObject({ headSize: 32 })
    expect(modelConfig({ hidden_size: 96, num_attention_heads: 3, head_dim: 64 })).toMatchObject({ headSize: 64 })
    expect(modelConfig({ text_config: { hidden_size: 96, head_dim: 8 } })).toMatchObject({ hiddenSize: 96, headSize: 8 })
  })

  it('that says nothing of use leaves it to the graph', () => {
    expect(modelConfig({ hidden_size: 'wide', eos_token_id: null })).toEqual({ ends: [], positions: null })
  })
})
