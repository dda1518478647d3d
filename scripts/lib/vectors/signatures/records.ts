import { canonicalBytes } from '#protocol/core/canonical.ts'
import { toBase64Url, toHex, utf8 } from '#protocol/core/encoding.ts'
import { blake3, sha256 } from '#protocol/core/hash.ts'
import { type Signer, signedBytes, signRecord } from '#protocol/core/signing.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import type { People } from '../seeded.ts'

const RECORDS: readonly (readonly [name: string, comment: string, record: object])[] = [
  ['an empty record', 'The canonical form is {}', {}],
  ['one field', 'Nothing to sort', { a: 1 }],
  ['fields out of order', 'Signed in canonical order, whatever the order of writing', { b: 2, a: 1 }],
  ['fields behind and before signature', 'The field that is added sorts between them', { zeta: 1, alpha: 2 }],
  [
    'a nested record with a signature of its own',
    'Only the outermost signature is left out',
    { inner: { signature: 'x', a: 1 }, b: 2 },
  ],
  ['a list of records', 'Objects inside lists are sorted, too', { list: [{ b: 1, a: 2 }] }],
  ['text outside ASCII', 'UTF-8, not escaped', { name: 'Größe 🏠 \u2028' }],
  ['null, true and an empty text', 'All are signed', { a: null, b: true, c: '' }],
  ['numbers', 'In their shortest form', { a: 1e-7, b: 0.5, c: 100 }],
  ['names that differ in case', 'Both are signed', { A: 1, a: 2 }],
]

async function signing({ anna, bert }: People): Promise<VectorSource> {
  const one = async (signer: Signer, seed: string, [name, comment, record]: (typeof RECORDS)[number]): Promise<Vector> =>
    good(
      `${name}, by ${signer === anna ? 'anna' : 'bert'}`,
      comment,
      { seed_hex: seed, record },
      { signed_text: new TextDecoder().decode(signedBytes(record)), signature: (await signRecord(signer, record)).signature },
    )
  return {
    name: 'sign-record',
    operation: 'record.sign',
    rule: 'ID-4',
    about: 'What is signed of a record (canonical form without signature), and the signature. Ed25519 is deterministic.',
    vectors: await Promise.all([
      ...RECORDS.map((record) => one(anna, '01'.repeat(32), record)),
      ...RECORDS.slice(0, 3).map((record) => one(bert, '02'.repeat(32), record)),
    ]),
  }
}

async function verifying({ anna, bert }: People): Promise<VectorSource> {
  const record = { community_id: anna.nodeId, list: [{ b: 1, a: 2 }], name: 'Größe', wall_clock: '2026-05-26T08:14:22Z' }
  const right = await signRecord(anna, record)
  const over = async (bytes: Uint8Array<ArrayBuffer>): Promise<object> => ({
    ...record,
    signature: `ed25519:${toBase64Url(await anna.sign(bytes))}`,
  })
  const no = (name: string, catches: string, signed: object, error = 'invalid_signature', by = anna.nodeId): Vector =>
    bad(name, catches, { by, record: signed }, error)
  const base64 = (text: string): string => text.replaceAll('-', '+').replaceAll('_', '/')
  return {
    name: 'verify-record',
    operation: 'record.verify',
    rule: 'ID-4',
    about: 'Whether `signature` is that of `by` over the rest of the record.',
    vectors: [
      good('a right one', 'By anna', { by: anna.nodeId, record: right }),
      good('its fields in another order', 'The order of writing is nothing', {
        by: anna.nodeId,
        record: Object.fromEntries(Object.entries(right).reverse()),
      }),
      no('by somebody else', 'the signature is checked against whoever it fits', await signRecord(bert, record)),
      no('asked of somebody else', 'the key is taken from the record', right, 'invalid_signature', bert.nodeId),
      no('a field changed', 'not all is signed', { ...right, name: 'Grösse' }),
      no('a field more', 'only known fields are signed', { ...right, note: '' }),
      no('a field less', 'a field that is missing is taken as its default', { ...right, name: undefined }),
      no('a field that became null', 'null and missing are one', { ...right, name: null }),
      no('a number that became a text', 'types are lost on the way', { ...right, list: [{ b: '1', a: 2 }] }),
      no('the other form of an umlaut', 'texts are normalised before they are verified', { ...right, name: 'Gro\u0308ße' }),
      no(
        'signed as it was written',
        'not in canonical form',
        await over(utf8(JSON.stringify(Object.fromEntries(Object.entries(record).reverse())))),
      ),
      no(
        'signed with spaces',
        'json.dumps of Python, with its separators',
        await over(utf8(JSON.stringify(record).replaceAll(',"', ', "'))),
      ),
      no(
        'signed with escapes',
        'json.dumps of Python, with ensure_ascii',
        await over(utf8(JSON.stringify(record).replace('ö', '\\u00f6').replace('ß', '\\u00df'))),
      ),
      no(
        'signed with an empty signature inside',
        'the field is emptied instead of taken out',
        await over(canonicalBytes({ ...record, signature: '' })),
      ),
      no(
        'signed with null as signature inside',
        'the field is emptied instead of taken out',
        await over(canonicalBytes({ ...record, signature: null })),
      ),
      no('signed over SHA-256', 'hashed before signing', await over(new Uint8Array(sha256(canonicalBytes(record))))),
      no('signed over BLAKE3', 'the content id is signed', await over(new Uint8Array(blake3(canonicalBytes(record))))),
      no(
        'signed over SHA-256 in hexadecimal',
        'the text of a hash is signed',
        await over(utf8(toHex(sha256(canonicalBytes(record))))),
      ),
      no(
        'signed with a name of the kind before it',
        'another protocol separates kinds of records so',
        await over(utf8(`hearthnet:${new TextDecoder().decode(canonicalBytes(record))}`)),
      ),
      no(
        'signed without the community',
        'what identifies the place is not signed',
        await over(canonicalBytes({ ...record, community_id: undefined })),
      ),
      no(
        'signed with objects in lists left unsorted',
        'lists are not looked into',
        await over(utf8(new TextDecoder().decode(canonicalBytes(record)).replace('{"a":2,"b":1}', '{"b":1,"a":2}'))),
      ),
      no(
        'a signature in base64',
        'both alphabets are read',
        { ...right, signature: base64(`${right.signature.slice(0, -4)}-_-_`) },
        'bad_request',
      ),
      no('a signature with padding', 'padding is skipped', { ...right, signature: `${right.signature}==` }, 'bad_request'),
      no(
        'a signature without its tag',
        'the tag is optional',
        { ...right, signature: right.signature.slice(8) },
        'bad_request',
      ),
      no(
        'a signature cut short',
        'the length is not checked',
        { ...right, signature: right.signature.slice(0, -2) },
        'bad_request',
      ),
      no(
        'a signature with bits left over',
        'one signature has sixteen texts, and one record as many content ids',
        { ...right, signature: `${right.signature.slice(0, -1)}B` },
        'bad_request',
      ),
      no('an empty signature', 'an empty signature passes', { ...right, signature: '' }, 'bad_request'),
      no('a null signature', 'a missing signature passes', { ...right, signature: null }, 'bad_request'),
      no('no signature', 'a missing signature passes', record, 'bad_request'),
    ],
  }
}

export const records = async (all: People): Promise<readonly VectorSource[]> => [await signing(all), await verifying(all)]
