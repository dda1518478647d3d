import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type NodeId, nodeIdOf } from '#protocol/core/ids.ts'
import { type Lists, RANKS, ranked, rankOf } from './lists.ts'

const people: readonly NodeId[] = [1, 2, 3].map((byte) => nodeIdOf(new Uint8Array(32).fill(byte)))

describe('the person’s own lists (EVI-4)', () => {
  it('never name anybody twice, and say of everybody what was chosen last', () => {
    const moves = fc.array(fc.record({ who: fc.nat({ max: 2 }), rank: fc.constantFrom(...RANKS) }))
    fc.assert(
      fc.property(moves, (list) => {
        const chosen = new Map<NodeId, string>()
        let lists: Lists = { allowed: [], blocked: [] }
        for (const { who, rank } of list) {
          const id = people[who]
          if (!id) continue
          lists = ranked(lists, id, rank)
          chosen.set(id, rank)
        }
        const named = [...lists.allowed, ...lists.blocked]
        expect(new Set(named).size).toBe(named.length)
        for (const id of people) expect(rankOf(lists, id)).toBe(chosen.get(id) ?? 'neutral')
      }),
    )
  })
})
