import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitHash } from '../../shell/hash-location.ts'
import { claimIdIn, claimPath, subjectPath } from './paths.ts'

describe('addresses of claims', () => {
  it('bring any subject back as it was, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (subject) => {
        const [path, query] = splitHash(`#${subjectPath(subject)}`)
        expect(path).toBe('/claims/about')
        expect(new URLSearchParams(query).get('subject')).toBe(subject)
      }),
    )
  })

  it('are read back only when they hold a ClaimID (EVI-1)', () => {
    const id = claimIdIn('A'.repeat(52))
    expect(id && claimPath(id)).toBe(`/claims/${'A'.repeat(52)}`)
    expect(['', null, undefined, 'new', 'a'.repeat(52), '../../etc'].map(claimIdIn)).toEqual(Array(6).fill(null))
  })
})
