import { describe, expect, it } from 'vitest'
import { fromHex, toBase64Url, utf8 } from './encoding.ts'
import { displayNodeId, nodeIdOf, parseNodeId, publicKeyOf } from './ids.ts'
import { requireSignature, type Signer, signRecord, verifyBytes } from './signing.ts'

async function newSigner(): Promise<Signer> {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
  if (!('privateKey' in pair)) throw new TypeError('Ed25519 makes a pair')
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
  return {
    nodeId: nodeIdOf(raw),
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, bytes)),
  }
}

describe('signatures (ID-4)', () => {
  it('verifies the first test of RFC 8032, section 7.1', async () => {
    const id = nodeIdOf(fromHex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'))
    const signature = fromHex(
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    )
    expect(await verifyBytes(id, new Uint8Array(0), signature)).toBe(true)
    expect(await verifyBytes(id, utf8('x'), signature)).toBe(false)
  })

  it('covers everything but the signature itself, in canonical form', async () => {
    const signer = await newSigner()
    const signed = await signRecord(signer, { b: 1, a: { d: 2, c: 'ü' } })
    await requireSignature(signer.nodeId, { a: { c: 'ü', d: 2 }, signature: signed.signature, b: 1 } as typeof signed)
    const forged = { ...signed, b: 2 }
    await expect(requireSignature(signer.nodeId, forged)).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it('refuses a signature whose S is not reduced, though it is the same point', async () => {
    const signer = await newSigner()
    const message = utf8('hearth')
    const signature = await signer.sign(message)
    expect(await verifyBytes(signer.nodeId, message, signature)).toBe(true)
    // S + L, little-endian: another encoding of the same scalar
    const order = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')
    const malleated = signature.slice()
    let carry = 0
    for (let i = 0; i < 32; i++) {
      const sum = (malleated[32 + i] ?? 0) + (order[i] ?? 0) + carry
      malleated[32 + i] = sum & 255
      carry = sum >> 8
    }
    expect(await verifyBytes(signer.nodeId, message, malleated)).toBe(false)
  })

  it.each([
    '0100000000000000000000000000000000000000000000000000000000000000',
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0000000000000000000000000000000000000000000000000000000000000080',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  ])('refuses the small-order key %s for a signature that fits any message', async (key) => {
    const id = nodeIdOf(fromHex(key))
    // R = the identity, S = 0: holds for every message under a key of small order
    const signature = new Uint8Array(64)
    signature[0] = 1
    expect(await verifyBytes(id, utf8('anything'), signature)).toBe(false)
  })

  it('refuses signatures of a wrong length and keys that are no point', async () => {
    const signer = await newSigner()
    expect(await verifyBytes(signer.nodeId, utf8('x'), new Uint8Array(63))).toBe(false)
    const noPoint = nodeIdOf(fromHex(`02${'00'.repeat(31)}`))
    expect(await verifyBytes(noPoint, utf8('x'), new Uint8Array(64))).toBe(false)
  })
})

describe('node ids (ID-1, ID-2)', () => {
  it('tag the key and lead back to it', async () => {
    const { nodeId } = await newSigner()
    expect(nodeId).toMatch(/^ed25519:[A-Za-z0-9_-]{43}$/)
    expect(nodeIdOf(publicKeyOf(nodeId))).toBe(nodeId)
  })

  it('show as four groups of four, which no parser accepts as an id', () => {
    const id = nodeIdOf(new Uint8Array(32).map((_, i) => i))
    expect(displayNodeId(id)).toBe('AAAQ-EAYE-AUDA-OCAJ')
    expect(() => parseNodeId(displayNodeId(id))).toThrowError(expect.objectContaining({ code: 'bad_request' }))
  })

  it('refuse padding, other alphabets and other lengths', () => {
    for (const text of [
      '',
      'ed25519:',
      `ed25519:${'A'.repeat(44)}`,
      `ed25519:${'+'.repeat(43)}`,
      toBase64Url(new Uint8Array(32)),
      7,
    ]) {
      expect(() => parseNodeId(text)).toThrowError(expect.objectContaining({ code: 'bad_request' }))
    }
  })
})
