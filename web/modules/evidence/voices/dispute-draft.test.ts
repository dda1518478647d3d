import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nodeIdOf, type Signature } from '#protocol/core/ids.ts'
import { matches } from '#protocol/core/schema.ts'
import { claimDispute } from '#protocol/evidence/capabilities.ts'
import type { Claim } from '#protocol/evidence/events.ts'
import { claimIdIn } from '../paths.ts'
import { checkDispute, type DisputeDraft, EMPTY_DISPUTE } from './dispute-draft.ts'

const me = nodeIdOf(new Uint8Array(32).fill(1))
const now = '2026-05-26T08:14:22Z'
const disputed: Claim = {
  subject: 'Sammelplatz',
  predicate: 'liegt bei',
  object: 'Parkplatz',
  asserted_by: nodeIdOf(new Uint8Array(32).fill(2)),
  asserted_at: now,
  sources: [],
  confidence: 0.9,
  derived_from: [],
  signature: `ed25519:${'A'.repeat(86)}` as Signature, // nothing here verifies it
}
const draft = (change: Partial<DisputeDraft>): DisputeDraft => ({ ...EMPTY_DISPUTE, rationale: 'Baustelle', ...change })

describe('a dispute', () => {
  it('brings a counterclaim unless the person only objects', () => {
    const counter = { ...EMPTY_DISPUTE.counter, object: ' Turnhalle ' }
    expect(checkDispute(draft({ counter }), disputed, me, now)).toEqual({
      ok: true,
      input: { rationale: 'Baustelle', counterclaim: { object: 'Turnhalle', sources: [], confidence: 0.75 } },
    })
    expect(checkDispute(draft({ kind: 'only', counter }), disputed, me, now)).toEqual({
      ok: true,
      input: { rationale: 'Baustelle' },
    })
  })

  it('names every field that is missing', () => {
    expect(checkDispute(EMPTY_DISPUTE, disputed, me, now)).toEqual({
      ok: false,
      problems: { rationale: 'required', object: 'required' },
    })
  })

  it('does not say the same thing again', () => {
    const counter = { ...EMPTY_DISPUTE.counter, object: 'Parkplatz' }
    expect(checkDispute(draft({ counter }), disputed, me, now)).toEqual({ ok: false, problems: { object: 'same' } })
  })

  it('either names a problem or fits the contract', () => {
    const made = fc.record({
      rationale: fc.string({ maxLength: 1010, size: 'max' }),
      kind: fc.constantFrom('instead' as const, 'only' as const),
      counter: fc.record({
        object: fc.string({ unit: 'grapheme' }),
        confidence: fc.constantFrom('sure' as const, 'unsure' as const),
        sources: fc.constant([]),
      }),
    })
    const claim_id = claimIdIn('A'.repeat(52))
    fc.assert(
      fc.property(made, (dispute) => {
        const checked = checkDispute(dispute, disputed, me, now)
        if (checked.ok) expect(matches(claimDispute.input, { claim_id, ...checked.input })).toBe(true)
        else expect(Object.keys(checked.problems).length).toBeGreaterThan(0)
      }),
    )
  })
})
