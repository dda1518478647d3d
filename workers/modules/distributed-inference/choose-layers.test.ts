import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseLayers } from './choose-layers.ts'
import { roomIn } from './sharing-memory.ts'

const ALL = [{ first: 0, end: 12 }]
const choose = (most: number, ...taken: readonly (readonly [number, number])[]) =>
  chooseLayers({ modelLayers: 12, held: ALL, most, taken: taken.map(([from, to]) => ({ from, to })) })

describe('which layers a device offers', () => {
  it('is all of them where nobody else does and they fit, and as many as fit from the first otherwise', () => {
    expect(choose(12)).toEqual({ from: 0, to: 11 })
    expect(choose(5)).toEqual({ from: 0, to: 4 })
  })

  it('is what the fewest others offer', () => {
    expect(choose(6, [0, 5])).toEqual({ from: 6, to: 11 })
    expect(choose(6, [6, 11], [6, 11], [0, 5])).toEqual({ from: 0, to: 5 })
    expect(choose(4, [0, 3], [0, 3], [4, 7])).toEqual({ from: 8, to: 11 })
  })

  it('begins where others end, and rather takes fewer layers than some that nobody can join to', () => {
    expect(choose(3, [0, 5])).toEqual({ from: 6, to: 8 })
    expect(choose(8, [0, 5])).toEqual({ from: 6, to: 11 })
    expect(choose(8, [0, 5], [6, 11])).toEqual({ from: 0, to: 5 })
  })

  it('can take over from somebody rather than span what several hold', () => {
    expect(choose(12, [0, 5], [6, 11])).toEqual({ from: 0, to: 5 })
  })

  it('leaves layers alone whose bytes are not here', () => {
    const held = [
      { first: 2, end: 4 },
      { first: 8, end: 12 },
    ]
    expect(chooseLayers({ modelLayers: 12, held, most: 12, taken: [] })).toEqual({ from: 8, to: 11 })
    expect(chooseLayers({ modelLayers: 12, held: [], most: 12, taken: [] })).toBeNull()
    expect(choose(0)).toBeNull()
  })

  it('is always within what is here and fits', () => {
    const range = fc.tuple(fc.nat(11), fc.nat(11)).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }))
    fc.assert(
      fc.property(fc.array(range, { maxLength: 8 }), range, fc.integer({ min: 1, max: 12 }), (taken, { from, to }, most) => {
        const chosen = chooseLayers({ modelLayers: 12, held: [{ first: from, end: to + 1 }], most, taken })
        expect(chosen).not.toBeNull()
        const [first, last] = [chosen?.from ?? -1, chosen?.to ?? -1]
        expect(from <= first && first <= last && last <= to && last - first < most).toBe(true)
      }),
    )
  })
})

describe('the room for conversations', () => {
  it('is for long ones first, then for several, up to eight', () => {
    expect(roomIn(1000 * 4096 * 20, 1000, null)).toEqual({ maxTokens: 4096, streams: 8 })
    expect(roomIn(1000 * 4096 * 3, 1000, null)).toEqual({ maxTokens: 4096, streams: 3 })
    expect(roomIn(1000 * 700, 1000, null)).toEqual({ maxTokens: 700, streams: 1 })
    expect(roomIn(1000 * 2048, 1000, 512)).toEqual({ maxTokens: 512, streams: 4 })
  })

  it('is none where not even a short one fits, unless the model reads only shorter ones', () => {
    expect(roomIn(1000 * 127, 1000, null)).toBeNull()
    expect(roomIn(-5, 1000, null)).toBeNull()
    expect(roomIn(1000 * 64, 1000, 64)).toEqual({ maxTokens: 64, streams: 1 })
  })
})
