import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseLabels } from './labels.ts'

const SIZE = { width: 400, height: 300 }
const label = (x: number, y: number, width = 60, height = 20) => ({ x, y, width, height })

describe('the names on a map', () => {
  it('stand where they have room, the more important before the others', () => {
    const [first, over, beside] = [label(10, 10), label(40, 15), label(80, 10)]
    const each = (...labels: readonly ReturnType<typeof label>[]) => labels.map((one) => [one])
    expect(chooseLabels(each(first, over, beside), [], SIZE, 10)).toEqual([first, beside])
    expect(chooseLabels(each(over, first, beside), [], SIZE, 10)).toEqual([over])
    expect(chooseLabels(each(first, beside), [label(0, 0, 20, 20)], SIZE, 10), 'Not over a sign').toEqual([beside])
    expect(chooseLabels(each(first, beside), [], SIZE, 1)).toEqual([first])
    const edges = each(label(-5, 10), label(350, 10), label(10, 290))
    expect(chooseLabels(edges, [], SIZE, 10), 'Not cut at an edge').toEqual([])
  })

  it('stand on the other side where the best one is taken', () => {
    const [first, right, left] = [label(100, 10), label(120, 10), label(20, 10)]
    expect(chooseLabels([[first], [right, left]], [], SIZE, 10)).toEqual([first, left])
  })

  it('never lie on each other', () => {
    const some = fc.array(fc.record({ x: fc.nat(400), y: fc.nat(300), width: fc.nat(90), height: fc.constant(20) }), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(some, (wanted) => {
        const chosen = chooseLabels(
          wanted.map((one) => [one]),
          [],
          SIZE,
          40,
        )
        for (const [at, a] of chosen.entries())
          for (const b of chosen.slice(at + 1)) {
            const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
            expect(apart).toBe(true)
          }
      }),
    )
  })
})
