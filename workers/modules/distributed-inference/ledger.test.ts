import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packTensor, unpackTensor } from '../../transport/tensor/dtype.ts'
import { digestOf, packHop } from './hop-tensor.ts'
import { createLedger } from './ledger.ts'

const WIDTH = 4
/** Too wide to go in full. */
const WIDE = 1025
const half = (values: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> =>
  unpackTensor(packTensor(values, [values.length], 'fp16')).values

describe('a ledger (DLM-4)', () => {
  it('gives back what went over the hop to the bit, whatever the steps it came in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 12 }), (steps) => {
        const ledger = createLedger(WIDTH)
        const all: number[] = []
        for (const tokens of steps) {
          const rows = Float32Array.from({ length: tokens * WIDTH }, (_, at) => Math.sin(all.length + at) * 100)
          ledger.put(ledger.tokens, rows)
          all.push(...rows)
        }
        expect(ledger.read(0, ledger.tokens)).toEqual(Float32Array.from(all))
      }),
    )
  })

  it('keeps what is wide as it went, in half precision (TEN-4)', () => {
    const ledger = createLedger(WIDE)
    const rows = Float32Array.from({ length: 2 * WIDE }, (_, at) => Math.sin(at) * 100)
    ledger.put(0, rows)
    expect(ledger.read(0, 2)).toEqual(half(rows))
  })

  it('keeps what half precision cannot have, and what came before and after it as it went (TEN-4)', () => {
    const ledger = createLedger(WIDE)
    const rows = (value: number): Float32Array<ArrayBuffer> => new Float32Array(WIDE).fill(value)
    const steps = [rows(0.1), rows(100_000), rows(0.3)]
    for (const step of steps) ledger.put(ledger.tokens, step)
    expect(ledger.read(0, 1)).toEqual(half(rows(0.1)))
    expect(ledger.read(1, 1)).toEqual(rows(100_000))
    expect(ledger.read(2, 1)).toEqual(half(rows(0.3)))
    // the digest is that of a step as it went over the hop, each for itself
    for (const [at, step] of steps.entries()) expect(ledger.digest(at, 1)).toEqual(digestOf(packHop(step, WIDE, 'fp16')))
  })

  it('keeps what was there first, and adds what follows', () => {
    const ledger = createLedger(WIDTH)
    ledger.put(0, new Float32Array(2 * WIDTH).fill(1))
    ledger.put(1, new Float32Array(2 * WIDTH).fill(2))
    expect([...ledger.read(0, 3)]).toEqual([...Array(8).fill(1), ...Array(4).fill(2)])
    expect(() => ledger.put(5, new Float32Array(WIDTH))).toThrow('do not follow')
    expect(() => ledger.put(3, new Float32Array(WIDTH + 1))).toThrow('do not follow')
    expect(() => ledger.read(2, 2)).toThrow('not there')
  })
})
