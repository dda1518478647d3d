import { ed25519ctx, ed25519ph } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { concatBytes, fromHex, toBase64Url, toHex, utf8 } from '#protocol/core/encoding.ts'
import { nodeIdOf, publicKeyOf } from '#protocol/core/ids.ts'
import type { Signer } from '#protocol/core/signing.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import { bytesOf, type People } from '../seeded.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** 2^252 + 27742317777372353535851937790883648493, the order of the base point (RFC 8032, 5.1). */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

const littleEndian = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes.slice().reverse())}`)
const toLittleEndian = (value: bigint): Bytes => fromHex(value.toString(16).padStart(64, '0')).reverse()

const text = (signature: Uint8Array): string => `ed25519:${toBase64Url(signature)}`

const flipped = (bytes: Uint8Array, at: number, mask = 1): Bytes => {
  const out = new Uint8Array(bytes)
  out[at] = (out[at] ?? 0) ^ mask
  return out
}

/** Encodings of points whose order divides 8, reduced or not, each with either sign of x (RFC 8032, 5.1.3). */
const SMALL_ORDER = [
  ['the neutral element', '0100000000000000000000000000000000000000000000000000000000000000'],
  ['the neutral element with a sign', '0100000000000000000000000000000000000000000000000000000000000080'],
  ['order 2', 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['order 2 with a sign', 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
  ['order 4', '0000000000000000000000000000000000000000000000000000000000000000'],
  ['order 4 with a sign', '0000000000000000000000000000000000000000000000000000000000000080'],
  ['order 8, first', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
  ['order 8, first, with a sign', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'],
  ['order 8, second', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
  ['order 8, second, with a sign', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85'],
  ['zero, not reduced', 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['zero, not reduced, with a sign', 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
  ['one, not reduced', 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['one, not reduced, with a sign', 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
] as const

/** A signature over bytes. Nothing is canonicalised here: what is signed is what is given. */
export async function rawSignatures({ anna, bert }: People): Promise<VectorSource> {
  const message = utf8('{"a":1}')
  const sign = (signer: Signer, bytes: Bytes = message) => signer.sign(bytes)
  const right = await sign(anna)
  const [r, s] = [right.slice(0, 32), right.slice(32)]
  const input = (signature: string, bytes: Bytes = message, node_id: string = anna.nodeId) => ({
    node_id,
    message_hex: toHex(bytes),
    signature,
  })
  const no = (name: string, catches: string, signature: Uint8Array, bytes?: Bytes, node_id?: string): Vector =>
    bad(name, catches, input(text(signature), bytes, node_id), 'invalid_signature')

  const lengths = await Promise.all(
    [0, 1, 31, 32, 33, 111, 112, 127, 128, 1000].map(async (length) => {
      const bytes = bytesOf(`message ${length}`, length)
      return good(
        `${length} bytes by bert`,
        'SHA-512 has blocks of 128 bytes',
        input(text(await sign(bert, bytes)), bytes, bert.nodeId),
      )
    }),
  )
  return {
    name: 'ed25519',
    operation: 'signature.verify',
    rule: 'ID-4',
    about: 'Ed25519 over the given bytes, verified strictly: canonical S, no key of small order, the encoding of R compared.',
    vectors: [
      good('a right one', 'By anna, over {"a":1}', input(text(right))),
      ...lengths,
      no('by somebody else', 'the key is taken from elsewhere than the id', await sign(bert)),
      no('over other bytes', 'the message is not looked at', await sign(anna, utf8('{"a":2}'))),
      no('over the bytes and a line feed', 'an editor or a shell adds one', await sign(anna, utf8('{"a":1}\n'))),
      no('over the message in hexadecimal', 'the text of the bytes is signed', await sign(anna, utf8(toHex(message)))),
      no('over SHA-512 of the message', 'hashed once more before signing', await sign(anna, new Uint8Array(sha512(message)))),
      no('Ed25519ph', 'the variant with a hash in front', ed25519ph.sign(message, new Uint8Array(32).fill(1))),
      no(
        'Ed25519ctx',
        'the variant with a context',
        ed25519ctx.sign(message, new Uint8Array(32).fill(1), { context: utf8('hearthnet') }),
      ),
      no('over nothing', 'an empty message is signed', await sign(anna, new Uint8Array(0))),
      no(
        'S plus the order of the group',
        'S is not checked: whoever has one signature makes a second one',
        concatBytes(r, toLittleEndian(littleEndian(s) + ORDER)),
      ),
      no('S equal to the order', 'S is not checked', concatBytes(r, toLittleEndian(ORDER))),
      no('the largest S', 'S is not checked', concatBytes(r, new Uint8Array(32).fill(0xff))),
      no('S of zero', 'zero is no special case', concatBytes(r, new Uint8Array(32))),
      no('the negative of S', 'signs of points are lost', concatBytes(r, toLittleEndian(ORDER - littleEndian(s)))),
      no('R with the other sign', 'signs of points are lost', concatBytes(flipped(r, 31, 0x80), s)),
      no('R and S the other way round', 'halves are swapped', concatBytes(s, r)),
      no('R of zeros', 'a failed decoding passes', concatBytes(new Uint8Array(32), s)),
      no('all zeros', 'an empty signature passes', new Uint8Array(64)),
      no('all ones', 'a failed decoding passes', new Uint8Array(64).fill(0xff)),
      ...[0, 15, 31, 32, 47, 62].map((at) =>
        no(`one bit changed in byte ${at}`, 'not the whole signature is looked at', flipped(right, at)),
      ),
      no('one bit changed in the message', 'not the whole message is looked at', right, flipped(message, message.length - 1)),
      ...SMALL_ORDER.map(([name, hex]) =>
        no(
          `a key of small order: ${name}`,
          'a key under which one signature fits many messages',
          concatBytes(fromHex(`01${'00'.repeat(31)}`), new Uint8Array(32)),
          message,
          nodeIdOf(fromHex(hex)),
        ),
      ),
      no(
        'a key that is no point',
        'a failed decoding of the key passes',
        right,
        message,
        nodeIdOf(fromHex(`02${'00'.repeat(31)}`)),
      ),
      no(
        'the key with the other sign',
        'the sign of the key is masked away',
        right,
        message,
        nodeIdOf(flipped(publicKeyOf(anna.nodeId), 31, 0x80)),
      ),
    ],
  }
}
