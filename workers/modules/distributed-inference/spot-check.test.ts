import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DISTRIBUTED_LLM_SPOT_CHECK_ONE_IN } from '#protocol/distributed-inference/constants.ts'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { packTensor, unpackTensor } from '../../transport/tensor/dtype.ts'
import { firstDifference, isDue, toleranceFor, whoLied } from './spot-check.ts'

const WIDTH = 64
const TOLERANCE = toleranceFor(false)
const runtime = createSeededRuntime(3)
const random = (): number => new DataView(runtime.randomBytes(4).buffer).getUint32(0) / 2 ** 32

const row = (scale = 1): Float32Array<ArrayBuffer> => Float32Array.from({ length: WIDTH }, () => (random() - 0.5) * scale)
const half = (values: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> =>
  unpackTensor(packTensor(values, [values.length], 'fp16')).values
const changed = (values: Float32Array, at: number, by: (value: number) => number): Float32Array =>
  values.map((value, index) => (index === at ? by(value) : value))

describe('a spot check (DLM-6)', () => {
  it('takes what was rounded to half precision, once more or less, for the same', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1000, noNaN: true }), (scale) => {
        const exact = row(scale)
        const nearly = exact.map((value) => value * (1 + 1e-5))
        expect(firstDifference(half(exact), half(nearly), WIDTH, TOLERANCE)).toBe(-1)
      }),
    )
  })

  it.each<readonly [string, (values: Float32Array) => Float32Array]>([
    ['an element with another sign', (values) => changed(values, 5, (value) => -value - 0.2 * Math.sign(value))],
    ['an element that is no number', (values) => changed(values, 5, () => Number.NaN)],
    ['all of it a hundredth longer', (values) => values.map((value) => value * 1.01)],
    ['the row of another token', () => row()],
  ])('finds %s', (_, lie) => {
    const [first, second, third] = [row(), row(), row()]
    const ours = Float32Array.from([...first, ...second, ...third])
    const theirs = Float32Array.from([...first, ...lie(second), ...third])
    expect(firstDifference(ours, theirs, WIDTH, TOLERANCE)).toBe(1)
  })

  it('comes to one token in sixteen, however many go through together', () => {
    for (const tokens of [1, 4, 32]) {
      const draws = 4000
      let due = 0
      for (let draw = 0; draw < draws; draw++) if (isDue(tokens, DISTRIBUTED_LLM_SPOT_CHECK_ONE_IN, random)) due++
      const expected = 1 - (15 / 16) ** tokens
      expect(Math.abs(due / draws - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / draws) + 1e-3)
    }
  })

  it('believes the two of three who agree, and nobody where all differ', () => {
    const [truth, lie, other] = [row(), row(), row()]
    expect(whoLied({ first: lie, second: truth, third: truth }, TOLERANCE)).toBe('first')
    expect(whoLied({ first: truth, second: lie, third: truth }, TOLERANCE)).toBe('second')
    expect(whoLied({ first: truth, second: lie, third: other }, TOLERANCE)).toBe('nobody')
  })
})
