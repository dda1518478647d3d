import { canonical } from '#protocol/core/canonical.ts'
import { toBase32, toBase64Url, toHex, utf8 } from '#protocol/core/encoding.ts'
import { hashOf, sha256 } from '#protocol/core/hash.ts'
import { bad, good } from '../cases.ts'
import type { VectorSource } from '../format.ts'
import { bytesOf } from '../seeded.ts'

const LENGTHS = [0, 1, 2, 3, 4, 5, 16, 31, 32, 33, 63, 64, 65]

const noText = (name: string, catches: string, text: string) => bad(name, catches, { text }, 'bad_request')

/** ENC-3. */
export const base64url: VectorSource = {
  name: 'base64url',
  operation: 'base64url.decode',
  rule: 'ENC-3',
  about: 'Base64url without padding, read strictly: one text for each byte sequence.',
  vectors: [
    ...LENGTHS.map((length) => {
      const bytes = bytesOf(`base64url ${length}`, length)
      return good(
        `${length} bytes`,
        'Decodes to these bytes, and they encode to this text',
        { text: toBase64Url(bytes) },
        { hex: toHex(bytes) },
      )
    }),
    good('both characters that differ from base64', '62 is -, 63 is _', { text: '-_-_' }, { hex: 'fbffbf' }),
    good('zeros', 'All A', { text: 'AAAA' }, { hex: '000000' }),
    noText('padding', 'padding is skipped, and one value has two texts', '-_8='),
    noText('padding that is right in base64', 'padding is skipped, and one value has two texts', 'AA=='),
    noText('the alphabet of base64', 'both alphabets are read', '+/+/'),
    noText('a space at the end', 'white space is skipped', 'AAAA '),
    noText('a line feed inside', 'white space is skipped', 'AA\nAA'),
    noText('one character left over', 'a rest of six bits is dropped', 'AAAAA'),
    noText(
      'bits left over, of two characters',
      'bits that stand for nothing are dropped, and one value has sixteen texts',
      'AB',
    ),
    noText(
      'bits left over, of three characters',
      'bits that stand for nothing are dropped, and one value has four texts',
      '-_9',
    ),
    noText('a character outside ASCII', 'a table lookup beyond its end', 'AAÄA'),
    noText('a dot', 'the rest of a token is read as well', 'AAAA.AAAA'),
  ],
}

/** ENC-5. */
export const hashes: VectorSource = {
  name: 'hash',
  operation: 'hash',
  rule: 'ENC-5',
  about: 'BLAKE3-256 as a content id, SHA-256 in hexadecimal and in base32 without padding (as ids of claims have it).',
  vectors: [
    ...[0, 1, 2, 32, 63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 2048, 3072].map((length) => {
      const bytes = bytesOf(`hash ${length}`, length)
      return good(
        `${length} bytes`,
        length >= 1024 ? 'BLAKE3 has chunks of 1,024 bytes' : 'BLAKE3 has blocks of 64 bytes',
        { hex: toHex(bytes) },
        { content_id: hashOf(bytes), sha256_hex: toHex(sha256(bytes)), sha256_base32: toBase32(sha256(bytes)) },
      )
    }),
    ...['hearthnet-topic', canonical({ a: 1 }), 'Größe'].map((text) =>
      good(
        `the text ${text}`,
        'Hashed as UTF-8',
        { hex: toHex(utf8(text)) },
        {
          content_id: hashOf(utf8(text)),
          sha256_hex: toHex(sha256(utf8(text))),
          sha256_base32: toBase32(sha256(utf8(text))),
        },
      ),
    ),
  ],
}
