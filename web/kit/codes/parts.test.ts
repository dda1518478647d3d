import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Collected, partsOf, take, taken } from './parts.ts'

/** Scans codes one after the other, as a camera does. */
function scan(codes: readonly string[]): string | Collected | null {
  let collected: Collected | null = null
  for (const code of codes) {
    const next = take(code, collected)
    if (next.done) return next.text
    collected = next.collected
  }
  return collected
}

describe('a text as QR codes', () => {
  it('is one code as it is, while it is short', () => {
    expect(partsOf('kurz')).toEqual(['kurz'])
    expect(scan(['kurz'])).toBe('kurz')
  })

  it('comes whole out of its parts in any order, with any of them seen again', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 11, maxLength: 400, unit: fc.constantFrom(...'abcXYZ019:/{}"\n') }),
        fc.nat(),
        (text, seed) => {
          const parts = partsOf(text, 10)
          const shuffled = [...parts].sort(
            (a, b) => ((a.length * 31 + seed) % 7) - ((b.length * 31 + seed) % 7) || (a < b ? 1 : -1),
          )
          expect(scan([...shuffled.slice(0, -1), ...shuffled.slice(0, 1), ...shuffled.slice(-1)])).toBe(text)
        },
      ),
    )
  })

  it('is not done while a part is missing, and says how many are there', () => {
    const parts = partsOf('x'.repeat(25), 10)
    expect(parts).toHaveLength(3)
    const collected = scan(parts.slice(0, 2))
    expect(collected !== null && typeof collected !== 'string' ? taken(collected) : 0).toBe(2)
  })

  it('is never mixed out of two texts, and never altered in one part', () => {
    const one = partsOf('a'.repeat(25), 10)
    const other = partsOf('b'.repeat(25), 10)
    expect(scan([one[0] ?? '', other[1] ?? '', one[2] ?? ''])).toMatchObject({ parts: [null, null, 'a'.repeat(5)] })
    expect(scan([one[0] ?? '', one[1]?.replace('aaaa', 'aaab') ?? '', one[2] ?? ''])).toBeNull()
    expect(scan(['HNP:AAAAAAAA:4/3:x'])).toBeNull()
  })
})
