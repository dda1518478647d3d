import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical } from './canonical.ts'
import { checkJson, MAX_JSON_DEPTH, parseJson } from './json.ts'

const isEncodable = (value: unknown): boolean => {
  try {
    checkJson(value)
    return true
  } catch {
    return false
  }
}

describe('canonical form (ENC-2, RFC 8785)', () => {
  it('matches the example of RFC 8785, section 3.2', () => {
    const value = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    }
    // 1e30 is an integer beyond 53 bits, which ENC-1 refuses; the rest is the RFC's
    const within = { ...value, numbers: value.numbers.filter((n) => Math.abs(n) < 2 ** 53) }
    expect(canonical(within)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  it('sorts keys by UTF-16 code units, also beyond the BMP (RFC 8785, 3.2.3)', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, ö: 7 }
    expect(canonical(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}')
  })

  it('is the same whatever the order of keys, and parses back to the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        fc.pre(isEncodable(value))
        const text = canonical(value)
        const reversed = JSON.parse(text, (_, item) =>
          item && typeof item === 'object' && !Array.isArray(item) ? Object.fromEntries(Object.entries(item).reverse()) : item,
        )
        expect(canonical(reversed)).toBe(text)
        expect(canonical(parseJson(text))).toBe(text)
      }),
    )
  })
})

describe('what is no JSON here (ENC-1)', () => {
  it.each([
    ['a lone high surrogate', '"\\ud800"'],
    ['a lone low surrogate', '["\\udc00x"]'],
    ['a lone surrogate in a key', '{"\\ud800":1}'],
    ['an integer beyond 53 bits', '9007199254740992'],
    ['a number that is not finite', '1e999'],
    ['a byte order mark', '\ufeff1'],
    ['a text that ends too early', '{"a":'],
    ['nesting beyond the limit', '['.repeat(MAX_JSON_DEPTH + 1) + ']'.repeat(MAX_JSON_DEPTH + 1)],
    ['a bomb of brackets', '['.repeat(1_000_000)],
  ])('refuses %s with bad_request', (_, text) => {
    expect(() => parseJson(text)).toThrowError(expect.objectContaining({ code: 'bad_request' }))
  })

  it('refuses bytes that are not UTF-8', () => {
    expect(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrowError(expect.objectContaining({ code: 'bad_request' }))
  })

  it('does not take brackets inside strings for nesting', () => {
    expect(parseJson(`"${'['.repeat(1000)}\\""`)).toBe(`${'['.repeat(1000)}"`)
  })

  it('names the place of the offence', () => {
    expect(() => parseJson('{"a":[1,{"b":1e999}]}')).toThrowError(expect.objectContaining({ data: { field: '/a/1/b' } }))
  })
})
