import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { fromHex, toHex } from '#protocol/core/encoding.ts'
import { displayNodeId, type NodeId, nodeIdOf, publicKeyOf } from '#protocol/core/ids.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import { bytesOf, type People, people, ulidOf } from '../seeded.ts'

function peerIdOf(id: NodeId): string {
  const key = publicKeyFromRaw(publicKeyOf(id))
  if (key.type !== 'Ed25519') throw new TypeError('32 bytes are an Ed25519 key')
  return peerIdFromPublicKey(key).toString()
}

function node(name: string, comment: string, key: Uint8Array): Vector {
  const node_id = nodeIdOf(key)
  return good(
    name,
    comment,
    { public_key_hex: toHex(key) },
    { node_id, display: displayNodeId(node_id), peer_id: peerIdOf(node_id) },
  )
}

function nodes(all: People): VectorSource {
  const short = (name: string, catches: string, hex: string): Vector =>
    bad(name, catches, { public_key_hex: hex }, 'bad_request')
  return {
    name: 'node-id',
    operation: 'node_id.make',
    rule: 'ID-1',
    about: 'A public key as NodeID, as people read it (ID-2, never on the wire) and as libp2p knows it (ID-3).',
    vectors: [
      ...Object.entries(all).map(([name, { nodeId }]) =>
        node(`the key of ${name}`, 'A key pair of these vectors', publicKeyOf(nodeId)),
      ),
      node('the base point', 'A text with no letter in common with its display form', fromHex(`58${'66'.repeat(31)}`)),
      ...[0, 1, 2, 3, 4].map((at) =>
        node(
          `32 bytes, ${at + 1}`,
          'Any 32 bytes make an id; whether they are a point shows when something is verified',
          bytesOf(`key ${at}`, 32),
        ),
      ),
      short('31 bytes', 'the length of the key is not checked', toHex(bytesOf('key', 31))),
      short('33 bytes', 'a key with a leading type byte is taken', toHex(bytesOf('key', 33))),
      short('64 bytes', 'seed and key together are taken for the key', toHex(bytesOf('key', 64))),
      short('no bytes', 'an empty key is an id', ''),
    ],
  }
}

/** Texts that are no id of a kind, made from one that is. */
function notIds(kind: string, right: string): Vector[] {
  const tag = right.includes(':') ? right.slice(0, right.indexOf(':') + 1) : ''
  const body = right.slice(tag.length)
  const no = (name: string, catches: string, text: unknown): Vector =>
    bad(`${kind}: ${name}`, catches, { kind, text }, 'bad_request')
  const tagged = tag
    ? [
        no('without its tag', 'the tag is optional', body),
        no('with another tag', 'the tag is not looked at', `sha256:${body}`),
        no('with its tag in capitals', 'tags are compared without case', tag.toUpperCase() + body),
        no('with a space behind the tag', 'space is skipped', `${tag} ${body}`),
        no('its tag alone', 'an empty body is an id', tag),
      ]
    : []
  return [
    ...tagged,
    no('one character short', 'the length is not checked', right.slice(0, -1)),
    no('one character long', 'only the beginning is matched', `${right}A`),
    no('with a line feed behind it', 'a pattern whose $ matches before a line feed', `${right}\n`),
    no('with a space before it', 'space is skipped', ` ${right}`),
    no('with a letter from elsewhere', 'the alphabet is not checked', `${right.slice(0, -1)}ä`),
    no('with an equals sign', 'padding is let in', `${right.slice(0, -1)}=`),
    no('an empty text', 'an empty text is an id', ''),
    no('null', 'null is taken for a text', null),
    no('a number', 'numbers become texts', 7),
    no('a list of one', 'a list becomes its text', [right]),
  ]
}

function parsing({ anna }: People): VectorSource {
  const content = `blake3:${toHex(bytesOf('content id', 32))}`
  const ulid = ulidOf('ids')
  const claim = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRST'
  const signature = `ed25519:${'AQ'.repeat(43)}`
  const yes = (kind: string, name: string, text: string): Vector => good(`${kind}: ${name}`, 'Right', { kind, text })
  const no = (kind: string, name: string, catches: string, text: string): Vector =>
    bad(`${kind}: ${name}`, catches, { kind, text }, 'bad_request')
  return {
    name: 'id-text',
    operation: 'id.parse',
    rule: 'ID-1',
    about: 'Texts that are, or are not, an id of a kind: node_id, content_id, ulid, claim_id, signature.',
    vectors: [
      yes('node_id', 'of anna', anna.nodeId),
      yes('node_id', 'of zeros', `ed25519:${'A'.repeat(43)}`),
      ...notIds('node_id', anna.nodeId),
      no('node_id', 'in base64', 'both alphabets are read', anna.nodeId.replace(/[_-]|.$/g, '+')),
      no('node_id', 'its display form', 'what is for people is taken for an id (ID-2)', displayNodeId(anna.nodeId)),
      no('node_id', 'in hexadecimal', 'any form of the key is taken', `ed25519:${toHex(publicKeyOf(anna.nodeId))}`),
      no('node_id', 'a peer id', 'the id of the transport is taken', peerIdOf(anna.nodeId)),
      yes('content_id', 'of random bytes', content),
      yes('content_id', 'of zeros', `blake3:${'0'.repeat(64)}`),
      ...notIds('content_id', content),
      no(
        'content_id',
        'in capitals',
        'hexadecimal has two cases, and one event two ids',
        `blake3:${toHex(bytesOf('content id', 32)).toUpperCase()}`,
      ),
      yes('ulid', 'of these vectors', ulid),
      yes('ulid', 'the smallest', '0'.repeat(26)),
      yes('ulid', 'the largest', `7${'Z'.repeat(25)}`),
      ...notIds('ulid', ulid),
      no(
        'ulid',
        'in small letters',
        'Crockford reads both cases, this protocol writes and reads one',
        `01${'abcdefgh'.repeat(3)}`,
      ),
      no('ulid', 'over 128 bits', 'the first character may be anything', `8${'0'.repeat(25)}`),
      no('ulid', 'with I, L, O and U', 'letters that Crockford leaves out', `0ILOU${'0'.repeat(21)}`),
      no('ulid', 'a UUID', 'any unique id is taken', '01890a5d-ac96-774b-bcce-b302099a8057'),
      yes('claim_id', 'a whole alphabet', claim),
      ...notIds('claim_id', claim),
      no('claim_id', 'in small letters', 'base32 reads both cases, this protocol writes and reads one', claim.toLowerCase()),
      no('claim_id', 'with 0, 1, 8 and 9', 'another base32', `0189${claim.slice(4)}`),
      yes('signature', 'of 64 bytes', signature),
      ...notIds('signature', signature),
      no('signature', 'in hexadecimal', 'any form of the bytes is taken', `ed25519:${'01'.repeat(64)}`),
    ],
  }
}

/** Section 2: ids and what they are made of. */
export async function sources(): Promise<readonly VectorSource[]> {
  const all = await people()
  return [nodes(all), parsing(all)]
}
