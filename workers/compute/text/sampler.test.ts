import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GREEDY, sample } from './sampler.ts'

const LOGITS = Float32Array.of(1, 3, 2, 3, -1)
const warm = { ...GREEDY, temperature: 1 }
const draws = (sampling: typeof GREEDY, count = 4000): readonly number[] =>
  Array.from({ length: count }, (_, seed) => sample(LOGITS, [0], { ...sampling, seed }))
const shareOf = (list: readonly number[], token: number): number => list.filter((drawn) => drawn === token).length / list.length

describe('the next token', () => {
  it('is the first of the likeliest when nothing is left to chance', () => {
    expect(sample(LOGITS, [], GREEDY)).toBe(1)
  })

  it('depends on seed and place alone, so that a run can go on elsewhere (DLM-4)', () => {
    const history = [4, 4, 2]
    expect(sample(LOGITS, history, { ...warm, seed: 7 })).toBe(sample(LOGITS, [...history], { ...warm, seed: 7 }))
    const places = Array.from({ length: 40 }, (_, place) => sample(LOGITS, Array(place).fill(0), { ...warm, seed: 7 }))
    expect(new Set(places).size).toBeGreaterThan(1)
  })

  it('comes as often as its probability says', () => {
    const weights = [...LOGITS].map(Math.exp)
    const total = weights.reduce((a, b) => a + b, 0)
    for (const [token, weight] of weights.entries()) expect(shareOf(draws(warm), token)).toBeCloseTo(weight / total, 1)
  })

  it('is one of the k likeliest, or of those that make up p', () => {
    expect(new Set(draws({ ...warm, topK: 2 }))).toEqual(new Set([1, 3]))
    expect(new Set(draws({ ...warm, topP: 0.7 }))).toEqual(new Set([1, 3]))
    expect(new Set(draws({ ...warm, topP: 0 }))).toEqual(new Set([1]))
  })

  it('is less likely what was there already, whatever its sign', () => {
    expect(sample(LOGITS, [1], { ...GREEDY, repetitionPenalty: 1.5 })).toBe(3)
    expect(sample(Float32Array.of(-1, -1.2), [0], { ...GREEDY, repetitionPenalty: 1.5 })).toBe(1)
  })

  it('is never made of what is no number (DLM-6)', () => {
    expect(() => sample(new Float32Array(4).fill(Number.NaN), [], GREEDY)).toThrow(/no numbers/)
    expect(sample(Float32Array.of(Number.NaN, 1), [], { ...warm, seed: 3 })).toBe(1)
  })

  it('is always a token that there is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 40 }),
        fc.record({
          temperature: fc.double({ min: 0, max: 5, noNaN: true }),
          topK: fc.nat(50),
          topP: fc.double({ min: 0, max: 1, noNaN: true }),
          repetitionPenalty: fc.double({ min: 0.5, max: 2, noNaN: true }),
          seed: fc.nat(),
        }),
        (logits, sampling) => {
          const token = sample(Float32Array.from(logits), [0, 1, 1], sampling)
          expect(token).toBeGreaterThanOrEqual(0)
          expect(token).toBeLessThan(logits.length)
        },
      ),
    )
  })
})
