import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClaimId } from '#protocol/core/ids.ts'
import { EVIDENCE_MAX_PROVENANCE_CLAIMS } from '#protocol/evidence/constants.ts'
import { closesCycle, derivationOf } from './provenance.ts'

// a ClaimID covers its parents, so cycles cannot be made with real ones: these are names
const id = (name: string | number) => `${name}` as ClaimId
const graph = (edges: Record<string, readonly (string | number)[]>) => (claimId: ClaimId) => edges[claimId]?.map(id) ?? null

describe('a trace (EVI-5)', () => {
  it('meets each ancestor once, what a claim derives from before it', () => {
    const parentsOf = graph({ top: ['left', 'right'], left: ['base'], right: ['base', 'gone'], base: [] })
    const { order, depths, unknown } = derivationOf(id('top'), 5, parentsOf)
    expect(order).toEqual(['base', 'left', 'right', 'top'])
    expect(depths.get(id('base'))).toBe(2)
    expect(unknown).toEqual(['gone'])
  })

  it('reaches by the short way what the long way would cut off', () => {
    const parentsOf = graph({ top: ['a', 'x'], a: ['b'], b: ['c'], c: ['x'], x: ['y'], y: [] })
    expect(derivationOf(id('top'), 2, parentsOf).order).toContain('y')
  })

  it('says where it was cut', () => {
    const chain = (claimId: ClaimId) => [id(Number(claimId) + 1)]
    const { order, truncated } = derivationOf(id(0), 8, chain)
    expect(order).toHaveLength(9)
    expect(truncated).toBe(true)
  })

  it('survives bombs, wide and deep', () => {
    const wide = (claimId: ClaimId) => Array.from({ length: 32 }, (_, at) => id(`${claimId}.${at}`))
    const { order, truncated } = derivationOf(id('0'), 8, wide)
    expect(order).toHaveLength(EVIDENCE_MAX_PROVENANCE_CLAIMS)
    expect(truncated).toBe(true)
  })

  it('ends on a cycle and names it, whichever part came first', () => {
    const parentsOf = graph({ top: ['a'], a: ['b'], b: ['c'], c: ['a'] })
    const { order, cyclic } = derivationOf(id('top'), 8, parentsOf)
    expect(order).toEqual(['c', 'b', 'a', 'top'])
    expect([...cyclic].sort()).toEqual(['a', 'b', 'c'])
    expect(derivationOf(id('top'), 8, graph({ top: ['top'] })).cyclic).toEqual(['top'])
  })

  it('is in topological order for any graph without cycles, and ends for any with', () => {
    const edges = fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 60 })
    fc.assert(
      fc.property(edges, fc.boolean(), (pairs, acyclic) => {
        const parents = new Map<string, ClaimId[]>(Array.from({ length: 21 }, (_, at) => [`${at}`, []]))
        for (const [from, to] of pairs) if (!acyclic || from < to) parents.get(`${from}`)?.push(id(to))
        const { order, cyclic } = derivationOf(id(0), 8, (claimId) => parents.get(claimId) ?? null)
        expect(new Set(order).size).toBe(order.length)
        expect(order.at(-1)).toBe('0')
        if (!acyclic) return
        expect(cyclic).toEqual([])
        for (const [at, claimId] of order.entries()) {
          for (const parent of parents.get(claimId) ?? []) expect(order.indexOf(parent)).toBeLessThan(at)
        }
      }),
    )
  })
})

describe('an assertion (EVI-5)', () => {
  it('is refused when it would be its own ancestor, also by way of a parent nobody knew', () => {
    const parentsOf = graph({ a: ['b'], b: ['later'] })
    expect(closesCycle(id('later'), [id('a')], parentsOf)).toBe(true)
    expect(closesCycle(id('self'), [id('self')], parentsOf)).toBe(true)
    expect(closesCycle(id('other'), [id('a'), id('gone')], parentsOf)).toBe(false)
  })
})
