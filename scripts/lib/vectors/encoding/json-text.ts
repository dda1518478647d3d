import { toHex, utf8 } from '#protocol/core/encoding.ts'
import { MAX_JSON_DEPTH, parseJson } from '#protocol/core/json.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'

const hexOf = (text: string): { hex: string } => ({ hex: toHex(utf8(text)) })
const taken = (name: string, comment: string, text: string): Vector =>
  good(name, comment, hexOf(text), { value: parseJson(text) })
const refused = (name: string, catches: string, text: string): Vector => bad(name, catches, hexOf(text), 'bad_request')
const raw = (name: string, catches: string, hex: string): Vector => bad(name, catches, { hex }, 'bad_request')

const nested = (depth: number, open: string, close: string, core = ''): string =>
  open.repeat(depth) + core + close.repeat(depth)

const TAKEN: readonly Vector[] = [
  taken('an empty object', 'The smallest message there is', '{}'),
  taken('an empty array', 'Arrays are values, too', '[]'),
  taken('null alone', 'A text need not be an object', 'null'),
  taken('true alone', 'A text need not be an object', 'true'),
  taken('a string alone', 'A text need not be an object', '"Issum"'),
  taken('zero', 'The smallest integer without a sign', '0'),
  taken('minus one', 'Integers may be negative', '-1'),
  taken('the largest integer', '2^53 − 1 fits', '9007199254740991'),
  taken('the smallest integer', '1 − 2^53 fits', '-9007199254740991'),
  taken('an integer written as a fraction', '5.0 is the integer 5', '5.0'),
  taken('an integer with an exponent', '1E2 is the integer 100', '1E2'),
  taken('a fraction', 'Numbers need not be integers', '0.1'),
  taken('the smallest fraction there is', 'A subnormal double', '5e-324'),
  taken(
    'a fraction that is no double becomes the nearest',
    'JSON has decimals, the wire has doubles',
    '0.1000000000000000055511151231257827',
  ),
  taken(
    'white space around everything',
    'Space, tab, line feed and carriage return mean nothing',
    ' \t\n\r{ "a" :\r\n[ 1 ,\t2 ] } ',
  ),
  taken('two-character escapes', 'All eight of them', String.raw`"\"\\\/\b\f\n\r\t"`),
  taken('a six-character escape', 'Both cases of hexadecimal', String.raw`"\u00df\u00DF"`),
  taken('a pair of escapes above the first plane', 'A surrogate pair is one character', String.raw`"\ud83c\udfe0"`),
  taken('the same character in UTF-8', 'Four bytes', '"🏠"'),
  taken('an escaped NUL', 'JSON has it, and so has the wire', String.raw`"\u0000"`),
  taken('a byte order mark inside a string', 'Only at the beginning is it one', String.raw`"a\ufeffb"`),
  taken('line and paragraph separators', 'They need no escape in JSON', '"\u2028\u2029"'),
  taken('NFC and NFD side by side', 'Nobody normalises what was written', '["\u00e9","e\u0301"]'),
  taken('an empty key', 'A name may be empty', '{"":1}'),
  taken('a key with a slash and a tilde', 'They matter to pointers and to nothing else', '{"a/b~c":1}'),
  taken('a key that is a number', 'It stays a name', '{"10":1,"9":2}'),
  taken('brackets inside a string', 'They nest nothing', `"${'['.repeat(200)}"`),
  taken('an escaped quote before brackets', 'The string does not end there', `"\\"${'{'.repeat(100)}"`),
  taken(`arrays nested ${MAX_JSON_DEPTH} deep`, 'As deep as it may be', nested(MAX_JSON_DEPTH, '[', ']')),
  taken(`objects nested ${MAX_JSON_DEPTH} deep`, 'As deep as it may be', nested(MAX_JSON_DEPTH - 1, '{"a":', '}', '{}')),
  taken('a hundred siblings', 'Width is not depth', JSON.stringify(Array.from({ length: 100 }, () => []))),
]

const REFUSED: readonly Vector[] = [
  refused('nothing', 'no bytes are taken for null', ''),
  refused('white space alone', 'no value is taken for null', ' \n'),
  refused('two values', 'what follows the value is not looked at', '{}{}'),
  refused('a value and a word', 'what follows the value is not looked at', '{} x'),
  refused('a NUL behind the value', 'the text is read as a C string', '{}\u0000'),
  refused('a trailing comma in an array', 'a parser for JavaScript or JSON5', '[1,]'),
  refused('a trailing comma in an object', 'a parser for JavaScript or JSON5', '{"a":1,}'),
  refused('a comment', 'a parser for JSON5 or JSONC', '{/* */}'),
  refused('single quotes', 'a parser for JavaScript or Python', "{'a':1}"),
  refused('a key without quotes', 'a parser for JavaScript', '{a:1}'),
  refused('NaN', 'a parser of Python, which takes it', 'NaN'),
  refused('Infinity', 'a parser of Python, which takes it', 'Infinity'),
  refused('minus Infinity in an array', 'a parser of Python, which takes it', '[-Infinity]'),
  refused('a number that overflows to infinity', 'a number is not asked whether it is finite', '1e400'),
  refused('a negative number that overflows', 'a number is not asked whether it is finite', '{"a":-1e999}'),
  refused('2^53', 'integers are kept in a double that no longer tells neighbours apart', '9007199254740992'),
  refused('2^53 + 1', 'the integer is rounded without a word', '9007199254740993'),
  refused('−2^53', 'only the upper end is checked', '-9007199254740992'),
  refused('2^63 − 1', '64-bit integers are let in', '{"lamport":9223372036854775807}'),
  refused('1e21', 'an integer in another notation is not seen as one', '1e21'),
  refused('1.8e308 behind a nested key', 'only the top level is checked', '{"a":[{"b":1.8e308}]}'),
  refused('a leading zero', 'a lenient number parser', '01'),
  refused('a plus sign', 'a lenient number parser', '+1'),
  refused('a point without digits behind it', 'a lenient number parser', '1.'),
  refused('a point without digits before it', 'a lenient number parser', '.5'),
  refused('hexadecimal', 'a parser for JSON5', '0x10'),
  refused('a line feed in a string', 'control characters are let in unescaped', '"a\nb"'),
  refused('a tab in a string', 'control characters are let in unescaped', '"a\tb"'),
  refused('an unknown escape', 'a backslash is skipped', String.raw`"\x41"`),
  refused('an escape cut short', 'a backslash at the end', String.raw`"\u12"`),
  refused('a string without an end', 'the end of the text ends a string', '"abc'),
  refused('an array without an end', 'the end of the text ends an array', '[1,2'),
  refused('a closing bracket too many', 'brackets are not counted', '[]]'),
  refused('a lone high surrogate, escaped', 'strings are not checked for being Unicode', String.raw`"\ud83c"`),
  refused('a lone low surrogate, escaped', 'strings are not checked for being Unicode', String.raw`"a\udfe0b"`),
  refused('surrogates the wrong way round', 'only their number is checked', String.raw`"\udfe0\ud83c"`),
  refused('a lone surrogate in a key', 'only values are checked', String.raw`{"\ud800":1}`),
  refused('a lone surrogate deep inside', 'only the top level is checked', String.raw`{"a":[{"b":"\udc00"}]}`),
  raw('a byte order mark', 'the mark is skipped, and signatures then cover other bytes', `efbbbf${toHex(utf8('{}'))}`),
  raw('UTF-16', 'the encoding is guessed', 'fffe7b007d00'),
  raw('Latin-1', 'the encoding is guessed', '22df22'),
  raw('a continuation byte alone', 'bytes that are no UTF-8 become U+FFFD, and two texts become one', '228022'),
  raw('a UTF-8 sequence cut short', 'bytes that are no UTF-8 become U+FFFD, and two texts become one', '22c322'),
  raw('an overlong slash', 'overlong sequences are decoded', '22c0af22'),
  raw('a surrogate in UTF-8', 'CESU-8 is taken for UTF-8', '22eda08022'),
  raw('a character above U+10FFFF', 'five-byte thinking', '22f490808022'),
  refused(`arrays nested ${MAX_JSON_DEPTH + 1} deep`, 'depth has no limit', nested(MAX_JSON_DEPTH + 1, '[', ']')),
  refused('objects nested 33 deep', 'only arrays are counted', nested(MAX_JSON_DEPTH + 1, '{"a":', '}', '1')),
  refused('arrays and objects, 40 deep', 'each kind is counted alone', nested(20, '[{"a":', '}]', '1')),
  refused('a thousand open brackets', 'the parser recurses before it counts', '['.repeat(1000)),
]

export const jsonText: VectorSource = {
  name: 'json-text',
  operation: 'json.parse',
  rule: 'ENC-1',
  about: 'Bytes from the wire as a JSON value: what a parser of this protocol takes and what it refuses.',
  vectors: [...TAKEN, ...REFUSED],
}
