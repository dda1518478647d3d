import { concatBytes, fromBase64Url, fromHex, toHex, utf8 } from '#protocol/core/encoding.ts'
import { sha256 } from '#protocol/core/hash.ts'
import { nodeIdOf, parseUlid, type Ulid } from '#protocol/core/ids.ts'
import type { Signer } from '#protocol/core/signing.ts'
import { CONFORMANCE_DEFAULT_SEED } from '#protocol/protocol/constants.ts'
import type { NamedKey } from './format.ts'

/** DER head of an Ed25519 private key in PKCS#8 (RFC 8410, section 7): the 32-byte seed follows. */
const PKCS8_HEAD = fromHex('302e020100300506032b657004220420')

/** Who speaks in the vectors: the seed of each is 32 times the byte of their place, from 01. */
const PEOPLE = ['anna', 'bert', 'carla', 'dora', 'emil', 'hub', 'stranger'] as const
export type Person = (typeof PEOPLE)[number]
export type People = Readonly<Record<Person, Signer>>

const seedOf = (person: Person): Uint8Array => new Uint8Array(32).fill(PEOPLE.indexOf(person) + 1)

async function signerOf(person: Person): Promise<Signer> {
  const secret = concatBytes(PKCS8_HEAD, seedOf(person))
  const key = await crypto.subtle.importKey('pkcs8', secret, 'Ed25519', true, ['sign'])
  const { x = '' } = await crypto.subtle.exportKey('jwk', key)
  return {
    nodeId: nodeIdOf(fromBase64Url(x)),
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign('Ed25519', key, bytes)),
  }
}

let known: Promise<People> | null = null
async function makePeople(): Promise<People> {
  const signers = await Promise.all(PEOPLE.map(async (person) => [person, await signerOf(person)] as const))
  // one for each of PEOPLE
  return Object.fromEntries(signers) as unknown as People
}

/** The same key pairs in every run. */
export const people = (): Promise<People> => {
  known ??= makePeople()
  return known
}

/** Those of the key pairs that a file's text names. */
export async function keysIn(text: string): Promise<readonly NamedKey[]> {
  const all = await people()
  return PEOPLE.map((name) => ({ name, seed_hex: toHex(seedOf(name)), node_id: all[name].nodeId })).filter(
    ({ node_id, seed_hex }) => text.includes(node_id) || text.includes(seed_hex),
  )
}

/** Bytes that look random and are the same in every run: SHA-256 over seed, label and a counter. */
export function bytesOf(label: string, length: number): Uint8Array<ArrayBuffer> {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, block) =>
    sha256(utf8(`${CONFORMANCE_DEFAULT_SEED} ${label} ${block}`)),
  )
  return concatBytes(...blocks).slice(0, length)
}

/** Numbers from 0 to below `below`. */
export function numbersOf(label: string, count: number, below: number): number[] {
  const view = new DataView(bytesOf(label, count * 4).buffer)
  return Array.from({ length: count }, (_, at) => view.getUint32(at * 4) % below)
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A ULID that is the same in every run. */
export function ulidOf(label: string): Ulid {
  const rest = [...bytesOf(label, 25)].map((byte) => CROCKFORD[byte % 32]).join('')
  return parseUlid(`0${rest}`)
}
