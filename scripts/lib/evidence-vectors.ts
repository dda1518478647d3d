import { concatBytes, fromBase64Url, fromHex } from '#protocol/core/encoding.ts'
import { nodeIdOf, type Signature } from '#protocol/core/ids.ts'
import { type Signed, type Signer, signRecord } from '#protocol/core/signing.ts'
import { claimIdOf } from '#protocol/evidence/claim-id.ts'
import type { Claim } from '#protocol/evidence/events.ts'

/** DER head of an Ed25519 private key in PKCS#8 (RFC 8410, section 7): the 32-byte seed follows. */
const PKCS8_HEAD = fromHex('302e020100300506032b657004220420')

/** @param seed fills the 32 bytes of the private key */
async function signerOf(seed: number): Promise<Signer> {
  const secret = concatBytes(PKCS8_HEAD, new Uint8Array(32).fill(seed))
  const key = await crypto.subtle.importKey('pkcs8', secret, 'Ed25519', true, ['sign'])
  const { x = '' } = await crypto.subtle.exportKey('jwk', key)
  return {
    nodeId: nodeIdOf(fromBase64Url(x)),
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign('Ed25519', key, bytes)),
  }
}

/** One case; an invalid one names the bug of an implementation that lets it pass. */
interface Vector {
  readonly name: string
  readonly valid: boolean
  readonly bug?: string
  readonly claim_id: string
  readonly claim: Claim
}

export interface VectorFile {
  readonly rule: 'EVI-1'
  readonly about: string
  /** Names of vectors whose ids are equal, and pairs whose ids differ. */
  readonly same_id: readonly (readonly string[])[]
  readonly different_id: readonly (readonly [string, string])[]
  readonly vectors: readonly Vector[]
}

const AT = '2026-05-26T08:00:00Z'
const a = { source_id: 'url:https://a.example/', accessed_at: AT }
const b = { source_id: 'doc:bafkreib', accessed_at: AT, content_sha: 'ab'.repeat(32) }
const a2 = { ...a, accessed_at: '2026-05-27T08:00:00.5Z' }

/** ClaimIDs (EVI-1): the same file from the same seeds, every time. */
export async function evidenceVectors(): Promise<VectorFile> {
  const [anna, bert] = [await signerOf(1), await signerOf(2)]
  const words = {
    subject: 'Turnhalle',
    predicate: 'ist',
    object: 'Sammelpunkt',
    asserted_at: AT,
    sources: [a, b],
    confidence: 0.9,
    derived_from: [],
  } satisfies Partial<Claim>
  const sign = (change: Partial<Claim>, by: Signer = anna): Promise<Signed<Claim>> =>
    signRecord(by, { ...words, asserted_by: by.nodeId, ...change } as Omit<Claim, 'signature'>) as Promise<Signed<Claim>>
  const good = async (name: string, change: Partial<Claim>, by?: Signer): Promise<Vector> => {
    const claim = await sign(change, by)
    return { name, valid: true, claim_id: claimIdOf(claim), claim }
  }

  const plain = await good('two sources', {})
  const parents = ['parent a', 'parent b'].map((subject) => claimIdOf({ ...plain.claim, subject }))
  const vectors: Vector[] = [
    plain,
    await good('the sources the other way round', { sources: [b, a] }),
    await good('an excerpt, which is not part of the id', { sources: [{ ...a, excerpt: 'Zitat' }, b] }),
    await good('a lifetime, which is not part of the id', { ttl_days: 30 }),
    await good('no sources', { sources: [] }),
    await good('one source on two days', { sources: [a2, a] }),
    await good('the same two the other way round', { sources: [a, a2] }),
    await good('two parents', { derived_from: parents }),
    await good('two parents the other way round', { derived_from: [...parents].reverse() }),
    await good('unicode: umlaut, emoji, right-to-left, a line', {
      subject: 'Größe 🏠',
      predicate: 'ist',
      object: 'שלום\n„x“ \u2028 \\ / ẞ',
    }),
    await good('another author says the same', {}, bert),
    await good('confidence 0.900001 rounds to 0.90000', { confidence: 0.900001 }),
    await good('confidence 0.90001 does not', { confidence: 0.90001 }),
    await good('confidence 1', { confidence: 1 }),
    await good('confidence 0', { confidence: 0 }),
    await good('confidence 1e-7 is 0.00000', { confidence: 1e-7 }),
  ]

  const bad = (name: string, bug: string, claim: Claim, claim_id: string = claimIdOf(claim)): void => {
    vectors.push({ name, valid: false, bug, claim_id, claim })
  }
  bad('the id of another claim', 'the ClaimID is taken at its word', plain.claim, vectors[4]?.claim_id)
  bad('an object changed after signing', 'the signature is not checked', { ...plain.claim, object: 'Lager' })
  bad('signed by somebody else', 'the key is taken from elsewhere than asserted_by', {
    ...plain.claim,
    signature: (await sign({}, bert)).signature,
  })
  bad('an excerpt changed after signing', 'the signature is checked over what the id covers only', {
    ...plain.claim,
    sources: [{ ...a, excerpt: 'gefälscht' }, b],
  })
  bad('a signature of zeros', 'a small-order or empty signature passes', {
    ...plain.claim,
    signature: `ed25519:${'A'.repeat(86)}` as Signature,
  })
  bad('space around the subject', 'one subject in two spellings', await sign({ subject: 'Turnhalle ' }))
  bad('a subject in NFD', 'one subject in two spellings', await sign({ subject: 'Gro\u0308\u00dfe' }))
  bad('a control character in the predicate', 'terms are not looked at', await sign({ predicate: 'ist\u0007' }))
  bad('an excerpt of 281 characters', 'no limit on excerpts', await sign({ sources: [{ ...a, excerpt: 'x'.repeat(281) }] }))
  bad('confidence above 1', 'no range on confidence', await sign({ confidence: 1.1 }))
  bad('a source of an unknown kind', 'any text is a source', await sign({ sources: [{ ...a, source_id: 'javascript:x' }] }))
  bad('an empty subject', 'no lower limit on terms', await sign({ subject: '' }))

  return {
    rule: 'EVI-1',
    about: 'ClaimIDs and signatures of claims. Private keys are 32 times the byte 01 and 32 times the byte 02.',
    same_id: [
      ['two sources', 'the sources the other way round', 'an excerpt, which is not part of the id'],
      ['two sources', 'a lifetime, which is not part of the id', 'confidence 0.900001 rounds to 0.90000'],
      ['one source on two days', 'the same two the other way round'],
      ['two parents', 'two parents the other way round'],
      ['confidence 0', 'confidence 1e-7 is 0.00000'],
    ],
    different_id: [
      ['two sources', 'another author says the same'],
      ['two sources', 'no sources'],
      ['two sources', 'confidence 0.90001 does not'],
    ],
    vectors,
  }
}
