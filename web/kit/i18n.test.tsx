import { describe, expect, it } from 'vitest'
import { createFormat } from './format.ts'
import { defineMessages, plural } from './i18n.tsx'

describe('messages', () => {
  it('keep both languages of one tree, functions and all', () => {
    const messages = defineMessages({
      de: { greet: (name: string) => `Hallo ${name}`, deep: { word: 'Ja' } },
      en: { greet: (name) => `Hello ${name}`, deep: { word: 'Yes' } },
    })
    expect(messages.de.greet('Mia')).toBe('Hallo Mia')
    expect(messages.en.deep.word).toBe('Yes')
  })

  it('refuse to compile when English lacks a key, has one too many or takes other arguments', () => {
    // @ts-expect-error a key is missing
    defineMessages({ de: { a: 'a', b: 'b' }, en: { a: 'a' } })
    // @ts-expect-error a key too many
    defineMessages({ de: { a: 'a' }, en: { a: 'a', b: 'b' } })
    // @ts-expect-error other arguments
    defineMessages({ de: { a: (n: number) => `${n}` }, en: { a: (n: string) => n } })
    // @ts-expect-error a text where a function belongs
    defineMessages({ de: { a: (n: number) => `${n}` }, en: { a: 'a' } })
    expect.assertions(0)
  })
})

describe('plural', () => {
  const forms = { one: '# Nachbar', other: '# Nachbarn' }

  it('picks the form and writes the number as the language does', () => {
    expect(plural('de', 1, forms)).toBe('1 Nachbar')
    expect(plural('de', 0, forms)).toBe('0 Nachbarn')
    expect(plural('de', 1200, forms)).toBe('1.200 Nachbarn')
    expect(plural('en', 1200, { one: '# peer', other: '# peers' })).toBe('1,200 peers')
  })
})

describe('a format', () => {
  const NOW = Date.UTC(2030, 0, 2, 12)
  const de = createFormat('de')
  // whether the space before a unit may break is the browser's matter
  const bytes = (count: number) => de.bytes(count).replaceAll('\u00a0', ' ')

  it('says how long ago in the unit a person would use', () => {
    expect(de.relative(NOW - 10_000, NOW)).toBe('jetzt')
    expect(de.relative(NOW - 3 * 60_000, NOW)).toBe('vor 3 Minuten')
    expect(de.relative(new Date(NOW - 24 * 3_600_000).toISOString(), NOW)).toBe('gestern')
    expect(de.relative(NOW + 5 * 3_600_000, NOW)).toBe('in 5 Stunden')
  })

  it('writes sizes with the decimals that mean something', () => {
    expect(bytes(0)).toBe('0 Byte')
    expect(bytes(1_500)).toBe('1,5 kB')
    expect(bytes(480_000_000)).toBe('480 MB')
    expect(bytes(2_600_000_000)).toBe('2,6 GB')
  })

  it('writes lengths of time in the largest unit that fits', () => {
    expect(de.duration(90_000)).toBe('90 Sekunden')
    expect(de.duration(7 * 86_400_000)).toBe('7 Tage')
    expect(de.duration(86_400_000)).toBe('1 Tag')
  })
})
