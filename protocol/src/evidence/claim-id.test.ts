import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nodeIdOf } from '../core/ids.ts'
import { claimIdOf } from './claim-id.ts'
import type { Claim, Source } from './events.ts'

const author = nodeIdOf(new Uint8Array(32).fill(1))
const claim = (change: Partial<Claim> = {}): Omit<Claim, 'signature'> => ({
  subject: 'Turnhalle',
  predicate: 'ist',
  object: 'Sammelpunkt',
  asserted_by: author,
  asserted_at: '2026-05-26T08:00:00Z',
  sources: [],
  confidence: 0.9,
  derived_from: [],
  ...change,
})
const source = fc.record({
  source_id: fc.string({ minLength: 1 }).map((text) => `url:${text}`),
  accessed_at: fc.constantFrom('2026-05-26T08:00:00Z', '2026-05-27T08:00:00Z'),
}) satisfies fc.Arbitrary<Source>

describe('ClaimID (EVI-1)', () => {
  it('is 52 letters of base32', () => {
    expect(claimIdOf(claim())).toMatch(/^[A-Z2-7]{52}$/)
  })

  it('does not change with the order of sources or parents, nor with an excerpt', () => {
    fc.assert(
      fc.property(fc.array(source, { maxLength: 6 }), (sources) => {
        const id = claimIdOf(claim({ sources }))
        expect(claimIdOf(claim({ sources: [...sources].reverse() }))).toBe(id)
        expect(claimIdOf(claim({ sources: sources.map((s) => ({ ...s, excerpt: 'Zitat' })) }))).toBe(id)
      }),
    )
    const [a, b] = [claimIdOf(claim({ subject: 'a' })), claimIdOf(claim({ subject: 'b' }))]
    expect(claimIdOf(claim({ derived_from: [a, b] }))).toBe(claimIdOf(claim({ derived_from: [b, a] })))
  })

  it('changes with everything that is asserted, with who asserts it and when', () => {
    const changes: Partial<Claim>[] = [
      {},
      { subject: 'Turnhalle ' },
      { predicate: 'war' },
      { object: 'Lager' },
      { asserted_by: nodeIdOf(new Uint8Array(32).fill(2)) },
      { asserted_at: '2026-05-26T08:00:01Z' },
      { confidence: 0.90001 },
      { sources: [{ source_id: 'url:x', accessed_at: '2026-05-26T08:00:00Z' }] },
      { sources: [{ source_id: 'url:x', accessed_at: '2026-05-26T08:00:00Z', content_sha: 'a'.repeat(64) }] },
      { derived_from: [claimIdOf(claim())] },
    ]
    expect(new Set(changes.map((change) => claimIdOf(claim(change)))).size).toBe(changes.length)
  })

  it('rounds confidence to five decimals', () => {
    expect(claimIdOf(claim({ confidence: 0.900001 }))).toBe(claimIdOf(claim()))
    expect(claimIdOf(claim({ confidence: 1 }))).not.toBe(claimIdOf(claim({ confidence: 0.99999 })))
  })
})
