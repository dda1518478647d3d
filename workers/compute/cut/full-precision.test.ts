import { BinaryWriter } from '@bufbuild/protobuf/wire'
import { describe, expect, it } from 'vitest'
import { ELEMENT, elementOf, intOf, MODEL, type Tensor } from '../onnx/model.ts'
import { synthesise } from '../testing/synthesise.ts'
import { FAMILIES } from '../testing/synthetic/families.ts'
import { analyse } from './analyse.ts'
import { cut } from './cut.ts'
import { widen } from './full-precision.ts'
import { embedOnly, layersOnly, wholeOf } from './span.ts'
import { assemble } from './weights.ts'

const HALF = { ...FAMILIES.gemma3, weights: 'fp16' } as const

describe('a model in half precision', () => {
  it.each(['fused', 'decomposed'] as const)('has nothing of it left in a shard: %s', async (attention) => {
    const model = synthesise({ ...HALF, attention })
    const halves = model.decoder.graph.initializer.filter(({ dataType }) => dataType === ELEMENT.float16)
    expect(halves.length).toBeGreaterThan(20)
    const shard = cut(model.decoder, wholeOf(model.decoder))
    const graph = MODEL.decode(shard.graph).graph
    const elements = [
      ...(graph?.initializer.map(({ dataType }) => dataType) ?? []),
      ...[...(graph?.input ?? []), ...(graph?.output ?? [])].map(elementOf),
      ...(graph?.node.filter(({ opType }) => opType === 'Cast').map((node) => intOf(node, 'to')) ?? []),
    ]
    expect(elements).not.toContain(ELEMENT.float16)
    expect(new Set(shard.elements.values())).toEqual(new Set([ELEMENT.int64, ELEMENT.float32]))
    expect((await assemble(shard, model.read)).length).toBe(shard.weightsBytes)
  })

  it('is the same whether its small numbers lie in it as bytes or one by one', () => {
    const { decoder } = synthesise(HALF)
    const oneByOne = (tensor: Tensor): Tensor => {
      const { rawData, ...rest } = tensor
      if (tensor.dataType !== ELEMENT.float16 || !rawData || rawData.length >= 1024) return tensor
      const writer = new BinaryWriter()
      for (const bits of new Uint16Array(rawData.slice().buffer)) writer.int32(bits)
      return { ...rest, int32Data: writer.finish() }
    }
    const initializer = decoder.graph.initializer.map(oneByOne)
    expect(initializer.filter(({ int32Data }) => int32Data).length).toBeGreaterThan(0)
    const other = analyse(MODEL.encode({ ...decoder.model, graph: { ...decoder.graph, initializer } }))
    for (const span of [embedOnly, layersOnly(2, 3)]) expect(cut(other, span).graph).toEqual(cut(decoder, span).graph)
  })

  it.each([
    { from: 'float16', bits: [0x3c00, 0xc000, 0x0001, 0x7bff, 0xfc00], values: [1, -2, 2 ** -24, 65_504, -Infinity] },
    { from: 'bfloat16', bits: [0x3f80, 0xc000, 0x0080, 0x4049, 0xff80], values: [1, -2, 2 ** -126, 3.140625, -Infinity] },
  ] as const)('is widened number by number, wherever its bytes lie: $from', ({ from, bits, values }) => {
    const bytes = new Uint8Array(1 + 2 * bits.length)
    const view = new DataView(bytes.buffer)
    for (const [at, half] of bits.entries()) view.setUint16(1 + 2 * at, half, true)
    const into = new Float32Array(bits.length)
    widen(bytes.subarray(1), from, into)
    expect([...into]).toEqual(values)
  })
})
