import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { guessBits, PASSPHRASE_MIN, PASSPHRASE_STRENGTHS, passphraseStrength } from './passphrase.ts'

describe('the strength of a passphrase (ID-5)', () => {
  it.each([
    ['kurz', 'too_short'],
    ['12345678', 'weak'],
    ['abcdefghijklmnop', 'weak'],
    ['aaaaaaaaaaaaaaaaaaaa', 'weak'],
    ['Passwort123!', 'weak'],
    ['Sommer2024', 'fair'],
    ['gelbe Katze springt', 'fair'],
    ['gelbe Katze springt weit über den Zaun', 'strong'],
    ['x7#Kq!v9Lm2$', 'strong'],
  ] as const)('calls %j %s', (passphrase, expected) => {
    expect(passphraseStrength(passphrase)).toBe(expected)
  })

  it('never calls anything shorter than the node takes more than too short', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: PASSPHRASE_MIN - 1, unit: 'binary-ascii' }), (text) => {
        expect(passphraseStrength(text)).toBe('too_short')
      }),
    )
  })

  it('judges every text people can type', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 60, unit: 'grapheme' }), (text) => {
        const bits = guessBits(text)
        expect(bits).toBeGreaterThanOrEqual(0)
        expect(PASSPHRASE_STRENGTHS).toContain(passphraseStrength(text))
      }),
    )
  })
})
