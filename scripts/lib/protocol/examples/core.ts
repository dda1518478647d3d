import { base58 } from '@scure/base'
import { canonical } from '#protocol/core/canonical.ts'
import { CLOCK_SKEW_SECONDS } from '#protocol/core/clock.ts'
import { DEFAULT_CONFIG } from '#protocol/core/config.ts'
import { concatBytes, toHex, utf8 } from '#protocol/core/encoding.ts'
import { contentIdOf } from '#protocol/core/hash.ts'
import { displayNodeId, type NodeId, publicKeyOf } from '#protocol/core/ids.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { topicOf } from '#protocol/core/sync.ts'
import { issueToken, type TokenPayload } from '#protocol/core/token.ts'
import { bytesOf, people, ulidOf } from '../../vectors/seeded.ts'
import type { Examples } from '../examples.ts'

/** The moment the examples happen. */
export const AT = '2026-05-26T08:14:22Z'
export const SECONDS = Date.parse(AT) / 1000

/** ID-3: the identity multihash of libp2p's protobuf form of the key, in base58btc. */
export const peerIdOf = (id: NodeId): string =>
  base58.encode(concatBytes(Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20), publicKeyOf(id)))

/** Encoding, identity, tokens, configuration. */
export async function coreExamples(): Promise<Examples> {
  const { anna, bert } = await people()
  const value = { straße: 'Dorfstraße', b: [1, 1e-7, -0], a: { '€': true, x: null } }
  const record = { node_id: anna.nodeId, note: 'Grüß Gott', at: AT }
  const payload: TokenPayload = {
    iss: anna.nodeId,
    sub: bert.nodeId,
    aud: anna.nodeId,
    iat: SECONDS,
    nbf: SECONDS - CLOCK_SKEW_SECONDS,
    exp: SECONDS + 3600,
    jti: ulidOf('token'),
    scope: { capabilities: ['node.echo'], rate_limit_per_minute: 10 },
    issued_via: 'person',
  }
  const frame = utf8('{"a":"ok!"}')
  return {
    'canonical-value': value,
    'canonical-text': canonical(value),
    'canonical-hash': contentIdOf(value),
    identity: [
      `seed     ${toHex(new Uint8Array(32).fill(1))}`,
      `NodeID   ${anna.nodeId}`,
      `peer id  ${peerIdOf(anna.nodeId)}`,
      `shown    ${displayNodeId(anna.nodeId)}`,
    ].join('\n'),
    'record-unsigned': record,
    'record-signed': await signRecord(anna, record),
    'recovery-file': {
      format: 'hearthnet-recovery',
      version: 1,
      node_id: anna.nodeId,
      display_name: 'Anna',
      kdf: { name: 'PBKDF2-SHA-256', rounds: 600_000, salt: 'AAECAwQFBgcICQoLDA0ODw' },
      cipher: await sealed(anna.nodeId),
    },
    'token-payload': payload,
    token: await issueToken(anna, payload),
    topic: `community  ${anna.nodeId}\ntopic      ${topicOf(anna.nodeId)}`,
    frame: toHex(concatBytes(Uint8Array.of(frame.length), frame)),
    config: DEFAULT_CONFIG,
  }
}

/** The seed of 32 bytes `01` under the passphrase `vier gelbe Enten`. */
async function sealed(nodeId: NodeId) {
  const salt = Uint8Array.from({ length: 16 }, (_, at) => at)
  const iv = bytesOf('recovery iv', 12)
  const material = await crypto.subtle.importKey('raw', utf8('vier gelbe Enten'), 'PBKDF2', false, ['deriveKey'])
  const key = await crypto.subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: 600_000 },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt'],
  )
  const text = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: utf8(nodeId) },
    key,
    new Uint8Array(32).fill(1),
  )
  const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
  return { name: 'AES-256-GCM', iv: base64url(iv), text: base64url(new Uint8Array(text)) }
}
