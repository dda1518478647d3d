import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { parseClaimId, parseNodeId } from '#protocol/core/ids.ts'
import { matches } from '#protocol/core/schema.ts'
import { claimAssert } from '#protocol/evidence/capabilities.ts'
import {
  type ClaimDraft,
  CONFIDENCE_WORDS,
  checkDraft,
  confidenceWord,
  EMPTY_DRAFT,
  emptySource,
  fieldOfError,
  freshUntil,
  LASTING_WORDS,
} from './claim-form.ts'

const me = parseNodeId(`ed25519:${'A'.repeat(43)}`)
const now = '2026-05-26T08:14:22Z'
const whole: ClaimDraft = { ...EMPTY_DRAFT, subject: 'Sammelplatz', predicate: 'liegt bei', object: 'Turnhalle' }
const doc = { name: 'plan.pdf', sourceId: 'doc:bafkrei', sha256: 'a'.repeat(64) }

describe('a draft of a claim', () => {
  it('says how long it holds where that is not the usual year (EVI-8)', () => {
    const days = LASTING_WORDS.map((lasting) => {
      const checked = checkDraft({ ...whole, lasting }, me, now)
      return checked.ok ? checked.input.ttl_days : null
    })
    expect(days).toEqual([1, 7, 30, undefined, 3650])
    expect(freshUntil({ asserted_at: now })).toBe('2027-05-26T08:14:22.000Z')
    expect(freshUntil({ asserted_at: now, ttl_days: 7 })).toBe('2026-06-02T08:14:22.000Z')
  })

  it('becomes what the node takes', () => {
    const draft: ClaimDraft = {
      ...whole,
      subject: ' Sammel  platz ',
      sources: [
        { ...emptySource(0, 'url'), url: 'issum.de', excerpt: ' Treffpunkt ist … ' },
        emptySource(1, 'own'),
        { ...emptySource(2, 'document'), document: doc },
      ],
    }
    expect(checkDraft(draft, me, now)).toEqual({
      ok: true,
      input: {
        subject: 'Sammel platz',
        predicate: 'liegt bei',
        object: 'Turnhalle',
        confidence: 0.75,
        derived_from: [],
        sources: [
          { source_id: 'url:https://issum.de/', accessed_at: now, excerpt: 'Treffpunkt ist …' },
          { source_id: `node:${me}`, accessed_at: now },
          { source_id: 'doc:bafkrei', accessed_at: now, content_sha: doc.sha256 },
        ],
      },
    })
  })

  it('says what it is derived from (EVI-5)', () => {
    const parent = parseClaimId('A'.repeat(52))
    const checked = checkDraft({ ...whole, parents: [parent] }, me, now)
    expect(checked.ok && checked.input.derived_from).toEqual([parent])
  })

  it('that is incomplete names each field', () => {
    const sources = [emptySource(0, 'url'), { ...emptySource(1, 'url'), url: 'javascript:1' }, emptySource(2, 'document')]
    expect(checkDraft({ ...EMPTY_DRAFT, sources }, me, now)).toEqual({
      ok: false,
      problems: {
        subject: 'required',
        predicate: 'required',
        object: 'required',
        'source-0': 'required',
        'source-1': 'not_an_address',
        'source-2': 'no_document',
      },
    })
  })

  it('takes an excerpt of 280 characters and not one more', () => {
    const sources = [280, 281].map((length, at) => ({ ...emptySource(at, 'own'), excerpt: 'x'.repeat(length) }))
    expect(checkDraft({ ...whole, sources }, me, now)).toEqual({ ok: false, problems: { 'excerpt-1': 'too_long' } })
  })

  it('either names a problem or fits the contract', () => {
    const source = fc.record({
      key: fc.nat(),
      kind: fc.constantFrom('url' as const, 'own' as const, 'document' as const),
      url: fc.oneof(fc.webUrl(), fc.string()),
      document: fc.constantFrom(null, doc),
      excerpt: fc.string({ maxLength: 300 }),
    })
    const draft = fc.record({
      subject: fc.string({ maxLength: 520, size: 'max' }),
      predicate: fc.string({ minLength: 1 }),
      object: fc.string({ minLength: 1, unit: 'grapheme' }),
      confidence: fc.constantFrom(...CONFIDENCE_WORDS),
      lasting: fc.constantFrom(...LASTING_WORDS),
      sources: fc.array(source, { maxLength: 4 }),
      parents: fc.constant([]),
    })
    fc.assert(
      fc.property(draft, (made) => {
        const checked = checkDraft(made, me, now)
        if (checked.ok) expect(matches(claimAssert.input, checked.input)).toBe(true)
        else expect(Object.keys(checked.problems).length).toBeGreaterThan(0)
      }),
    )
  })

  it('keeps the word for how sure somebody is through the number', () => {
    for (const word of CONFIDENCE_WORDS) {
      const checked = checkDraft({ ...whole, confidence: word }, me, now)
      expect(checked.ok && confidenceWord(checked.input.confidence)).toBe(word)
    }
  })
})

describe('a refusal by the node', () => {
  it.each([
    ['/subject', 'subject'],
    ['/input/subject', 'subject'],
    ['/sources/1/source_id', 'source-1'],
    ['/sources/0/excerpt', 'excerpt-0'],
    ['/', null],
  ])('about %s marks the field %s', (pointer, field) => {
    expect(fieldOfError(new HearthError('schema_mismatch', 'no', { data: { field: pointer } }))).toBe(field)
  })

  it('that names no field marks none', () => {
    expect(fieldOfError(new HearthError('timeout', 'no'))).toBeNull()
  })
})
