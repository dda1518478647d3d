import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MODEL } from './model.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures')

describe('ONNX files', () => {
  it.each(['llama-tied-cpu-int4', 'qwen2-cpu-int4'])('come back byte for byte from reading and writing: %s', (name) => {
    const file = new Uint8Array(readFileSync(join(FIXTURES, name, 'model.onnx')))
    const model = MODEL.decode(file)
    expect(model.graph?.node.length).toBeGreaterThan(50)
    expect(MODEL.encode(model)).toEqual(file)
  })

  it('keep a field that this version does not know', () => {
    const withNewer = Uint8Array.of(0x08, 0x0a, 0xda, 0x3e, 0x02, 0xca, 0xfe)
    expect(MODEL.encode(MODEL.decode(withNewer))).toEqual(withNewer)
  })

  it('are refused or read, never half read, when their bytes are cut or changed', () => {
    const file = new Uint8Array(readFileSync(join(FIXTURES, 'qwen2-cpu-int4/model.onnx')))
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, flip, cut) => {
        const damaged = cut ? file.slice(0, at) : file.slice()
        if (!cut) damaged[at] = (damaged[at] ?? 0) ^ flip
        try {
          const again = MODEL.encode(MODEL.decode(damaged))
          expect(MODEL.encode(MODEL.decode(again))).toEqual(again)
        } catch (error) {
          if (!(error instanceof Error) || error.name === 'AssertionError') throw error
        }
      }),
      { numRuns: 60 },
    )
  })
})
