// protocol/core/identity.md
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { canonical, fromBase64Url, Refusal, toBase64Url, utf8 } from './encoding.mjs'

const TAG = 'ed25519:'
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

/** Points whose order divides 8, with the sign of x masked (ID-4). */
const SMALL_ORDER = new Set([
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
])

/** @param seed 32 bytes */
export function identityFrom(seed) {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' })
  const { x } = createPublicKey(key).export({ format: 'jwk' })
  const signBytes = (bytes) => new Uint8Array(sign(null, bytes, key))
  return {
    nodeId: TAG + x,
    signBytes,
    /** ID-4. */
    signed: (record) => ({ ...record, signature: TAG + toBase64Url(signBytes(utf8(canonical(record)))) }),
  }
}

const littleEndian = (bytes) => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)

/** Strictly (ID-4). */
export function verifies(nodeId, bytes, signature) {
  const point = fromBase64Url(nodeId.slice(TAG.length))
  if (signature.length !== 64 || littleEndian(signature.slice(32)) >= ORDER) return false
  const masked = Buffer.from(point)
  masked[31] &= 0x7f
  if (SMALL_ORDER.has(masked.toString('hex'))) return false
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: toBase64Url(point) }, format: 'jwk' })
    return verify(null, bytes, key, signature)
  } catch {
    return false
  }
}

/** Whether `record.signature` is by `nodeId` over the rest. @throws Refusal */
export function requireSignature(nodeId, { signature, ...rest }) {
  if (!verifies(nodeId, utf8(canonical(rest)), fromBase64Url(signature.slice(TAG.length)))) {
    throw new Refusal('invalid_signature', 'the signature does not verify')
  }
}
