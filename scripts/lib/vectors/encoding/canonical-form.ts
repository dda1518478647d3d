import { canonical } from '#protocol/core/canonical.ts'
import { toHex, utf8 } from '#protocol/core/encoding.ts'
import { hashOf, sha256 } from '#protocol/core/hash.ts'
import { parseJson } from '#protocol/core/json.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import { bytesOf, numbersOf } from '../seeded.ts'

function form(name: string, comment: string, json: string, extra: { readonly rule?: string } = {}): Vector {
  const text = canonical(parseJson(json))
  const expected = { text, content_id: hashOf(utf8(text)), sha256_hex: toHex(sha256(utf8(text))) }
  return good(name, comment, { json }, expected, extra)
}

/** Every character above ASCII, and what JSON must escape, as a six-character escape. */
const escaped = (text: string): string =>
  `"${[...text].flatMap((character) => [...Array(character.length).keys()].map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)).join('')}"`

const NUMBERS: readonly (readonly [literal: string, comment: string])[] = [
  ['0', 'Nothing to change'],
  ['-0', 'Minus zero is zero'],
  ['0.0', 'A fraction of zero is gone'],
  ['-0.0', 'Minus zero is zero'],
  ['0e0', 'An exponent of zero is gone'],
  ['1', 'An integer'],
  ['-1', 'A sign stays'],
  ['1.0', 'An integer, whatever its notation'],
  ['10e1', 'An integer, whatever its notation'],
  ['100', 'Zeros before the point stay'],
  ['1.50', 'Zeros behind the last digit are gone'],
  ['0.1', 'The shortest digits that give the double back'],
  ['0.30000000000000004', 'Seventeen digits where it takes them'],
  ['0.1000000000000000055511151231257827', 'More digits than a double has'],
  ['1e-6', 'Six places are still written out'],
  ['0.000001', 'Six places are still written out'],
  ['1e-7', 'Seven places take an exponent'],
  ['0.0000001', 'Seven places take an exponent'],
  ['123e-9', 'One digit before the point'],
  ['1E-10', 'A small e and no plus'],
  ['5e-324', 'The smallest double'],
  ['2.2250738585072014e-308', 'The smallest normal double'],
  ['333333333.33333329', 'RFC 8785, appendix B'],
  ['4.50', 'RFC 8785, section 3.2.2'],
  ['2e-3', 'RFC 8785, section 3.2.2'],
  ['0.000000000000000000000000001', 'RFC 8785, section 3.2.2'],
  ['9007199254740991', 'The largest integer there is on the wire'],
  ['-9007199254740991', 'The smallest integer there is on the wire'],
  ['9007199254740990', 'Its neighbour, which a 32-bit float would lose'],
  ['4294967296', '2^32'],
  ['281474976710656', '2^48, the largest Lamport time'],
  ['0.00001', 'Five places'],
  ['123456789.12345679', 'Digits on both sides'],
  ['1.7976931348623157', 'Sixteen places'],
]

/** Doubles out of random bits, as far as the wire has them: fractions of any size, integers below 2^53. */
function randomNumbers(): Vector[] {
  const bytes = bytesOf('canonical numbers', 8 * 200)
  const view = new DataView(bytes.buffer)
  const doubles = Array.from({ length: 200 }, (_, at) => view.getFloat64(at * 8))
  const usable = doubles.filter((double) => Number.isFinite(double) && Math.abs(double) < 2 ** 53 && double !== 0)
  return usable
    .slice(0, 30)
    .map((double, at) =>
      form(`number ${at + 1} out of random bits`, 'Twenty digits in, the shortest out', double.toExponential(20)),
    )
}

const STRINGS: readonly (readonly [name: string, json: string, comment: string])[] = [
  ['an empty string', '""', 'Two quotes'],
  ['a solidus', String.raw`"\/"`, 'It needs no escape, so it has none'],
  ['quote and backslash', String.raw`"\u0022\u005c"`, 'Two-character escapes'],
  ['the five short control characters', String.raw`"\u0008\u0009\u000a\u000c\u000d"`, 'Two-character escapes'],
  ['the other control characters', String.raw`"\u0000\u0001\u000b\u000E\u001F"`, 'Six characters, lowercase hexadecimal'],
  ['delete', String.raw`"\u007f"`, 'No control character by JSON: as it is'],
  ['C1 controls', String.raw`"\u0080\u009f"`, 'As they are'],
  ['ASCII', escaped('Issum'), 'Escapes that are not needed are gone'],
  ['umlauts', escaped('Größe ẞ'), 'In UTF-8, not escaped'],
  ['the euro sign', escaped('€'), 'In UTF-8, not escaped'],
  ['a house', escaped('🏠'), 'A surrogate pair becomes four bytes of UTF-8'],
  ['a family', escaped('👩‍👩‍👧'), 'Joined characters stay what they are'],
  ['Hebrew', escaped('שלום'), 'Right to left changes nothing'],
  ['Arabic with a mark', escaped('\u200fسلام'), 'Invisible characters stay'],
  ['line and paragraph separators', escaped('\u2028\u2029'), 'As they are, unlike in JavaScript of old'],
  ['NFC', escaped('\u00e9'), 'Not touched'],
  ['NFD', escaped('e\u0301'), 'Not touched: canonical form does not normalise'],
  ['the last character of the first plane', escaped('\uffff'), 'As it is'],
  ['the last character of all', escaped('\u{10ffff}'), 'As it is'],
  ['a replacement character', escaped('\ufffd'), 'As it is'],
  ['HTML', '"<script>&"', 'No escapes for the sake of pages'],
]

const OBJECTS: readonly (readonly [name: string, json: string, comment: string])[] = [
  ['an empty object', '{}', 'Nothing inside'],
  ['an empty array', '[]', 'Nothing inside'],
  ['null', 'null', 'As it is'],
  ['keys out of order', '{"b":1,"a":2,"c":3}', 'Sorted'],
  ['keys in order with space around', ' { "a" : 1 , "b" : [ 1 , 2 ] } ', 'No white space'],
  ['capitals before small letters', '{"b":1,"B":2,"a":3,"A":4}', 'By code, not by dictionary'],
  ['a key that begins another', '{"ab":1,"a":2,"abc":3}', 'The shorter first'],
  ['keys that are numbers', '{"10":1,"9":2,"1":3,"01":4}', 'As text: 01, 1, 10, 9'],
  ['an empty key', '{"a":1,"":2}', 'Before all others'],
  ['umlauts as keys', '{"z":1,"ä":2,"a":3}', 'Behind z, whatever the language says'],
  [
    'keys in two planes',
    '{"\\ufb33":1,"\\ud83d\\ude00":2}',
    'By UTF-16 code units: the pair comes first, by code points it would be last',
  ],
  [
    'the keys of RFC 8785, section 3.2.3',
    String.raw`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`,
    'The order of code units',
  ],
  ['NFC and NFD as keys', '{"e\\u0301":1,"\\u00e9":2}', 'Two names, sorted by code units'],
  ['keys that need escapes', String.raw`{"\"":1,"\\":2,"\n":3}`, 'Sorted by what they are, not by how they are written'],
  ['underscore and letters', '{"_b":1,"b":2,"B":3}', 'Underscore is between capitals and small letters'],
  ['dash, dot and slash', '{"a/b":1,"a.b":2,"a-b":3,"ab":4}', 'By code'],
  ['objects inside objects', '{"b":{"d":1,"c":{"f":2,"e":3}},"a":{}}', 'Sorted on each level'],
  ['objects inside arrays', '[{"b":1,"a":2},{"d":3,"c":4}]', 'Arrays keep their order, objects inside are sorted'],
  ['an array out of order', '[3,1,2]', 'Arrays keep their order'],
  ['literals', '[true,false,null]', 'As they are'],
  ['an object named like its own parent', '{"__proto__":{"b":1,"a":2},"a":1}', 'A name like any other, in every language'],
  ['keys with the names of methods', '{"toString":1,"constructor":2,"hasOwnProperty":3}', 'Names like any other'],
  ['a key with a zero byte', String.raw`{"a\u0000b":1,"a":2}`, 'It does not end there'],
  ['a value that is an empty string', '{"a":"","b":null}', 'Neither is left out'],
  [
    'a claim in miniature',
    '{"subject":"Turnhalle","object":"Sammelpunkt","predicate":"ist","confidence":0.90}',
    'Names by letter, numbers at their shortest',
  ],
]

function randomObjects(): Vector[] {
  return Array.from({ length: 20 }, (_, at) => {
    const letters = numbersOf(`canonical keys ${at}`, 24, 0x2ff)
    const keys = Array.from({ length: 8 }, (__, key) =>
      String.fromCodePoint(...letters.slice(key * 3, key * 3 + 3).map((code) => code + 0x20)),
    )
    const json = `{${[...new Set(keys)].map((key, value) => `${JSON.stringify(key)}:${value}`).join(',')}}`
    return form(`object ${at + 1} with random names`, 'Eight names of three characters up to U+031E', json)
  })
}

const INVALID: readonly Vector[] = [
  bad(
    'a lone surrogate',
    'it is replaced, and two records get one signature',
    { json: String.raw`{"a":"\ud800"}` },
    'bad_request',
  ),
  bad('a lone surrogate as a key', 'only values are checked', { json: String.raw`{"\udfff":1}` }, 'bad_request'),
  bad('2^53', 'canonical form is made of what the wire does not have', { json: '[9007199254740992]' }, 'bad_request'),
  bad('a number that is not finite', 'it becomes null', { json: '{"a":1e400}' }, 'bad_request'),
  bad('33 levels', 'depth has no limit', { json: `${'['.repeat(33)}${']'.repeat(33)}` }, 'bad_request'),
]

export const canonicalForm: VectorSource = {
  name: 'canonical-form',
  operation: 'json.canonical',
  rule: 'ENC-2',
  about: 'Canonical form (RFC 8785) of a JSON text, with BLAKE3 and SHA-256 over its UTF-8 bytes.',
  vectors: [
    ...NUMBERS.map(([literal, comment]) => form(`number ${literal}`, comment, literal)),
    ...randomNumbers(),
    ...STRINGS.map(([name, json, comment]) => form(`string: ${name}`, comment, json)),
    ...OBJECTS.map(([name, json, comment]) => form(name, comment, json)),
    ...randomObjects(),
    ...INVALID,
  ],
}
