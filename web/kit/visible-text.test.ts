import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { visibleText } from './visible-text.ts'

describe('visible text', () => {
  it('names what would turn the writing direction', () => {
    expect(visibleText('abc\u202Ecba')).toBe('abc⟨U+202E⟩cba')
    expect(visibleText('a\u0000b\u200Bc\uFEFF')).toBe('a⟨U+0000⟩b⟨U+200B⟩c⟨U+FEFF⟩')
  })

  it('leaves letters of every script, line breaks and joined emoji alone', () => {
    for (const text of ['Größe', 'سلام', 'שלום', 'می‌خواهم', '👩‍👧', 'a\n\tb']) expect(visibleText(text)).toBe(text)
  })

  it('leaves nothing hidden in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visibleText(text).replace(/[\t\n\u200c\u200d]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
      }),
    )
  })
})
