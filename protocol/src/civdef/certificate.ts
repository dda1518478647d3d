import type { Static } from '@sinclair/typebox'
import { canonicalBytes } from '../core/canonical.ts'
import { toBase32 } from '../core/encoding.ts'
import { sha256 } from '../core/hash.ts'
import { NodeIdSchema, OneOf, SignatureSchema, Strict } from '../core/schema.ts'
import { verifyRecord } from '../core/signing.ts'
import * as Type from '../core/type.ts'
import { CIVDEF_CHAIN_MAX } from './constants.ts'
import { CERT_SCOPES, type CertId, CertIdSchema, isPlain, RegionSchema, RoleSchema, refuse, SecondsSchema } from './terms.ts'

/** X25519 public key that role-restricted alerts are encrypted to (CIV-6). */
export const BoxKeySchema = Type.String({ pattern: '^x25519:[A-Za-z0-9_-]{43}$' })

/** Who holds which role where, and who says so (M31 role certificates). */
export const CertificateSchema = Strict({
  cert_id: CertIdSchema,
  holder: NodeIdSchema,
  role: RoleSchema,
  /** Where it holds: the role's own region or a part of it. */
  region: RegionSchema,
  issuer: NodeIdSchema,
  /** The certificates by which the issuer may issue, nearest first; empty where a root issued it. */
  issuer_chain: Type.Array(CertIdSchema, { maxItems: CIVDEF_CHAIN_MAX }),
  /** From then on it holds. */
  issued_at: SecondsSchema,
  expires_at: SecondsSchema,
  scopes: Type.Array(OneOf(CERT_SCOPES), { minItems: 1, maxItems: CERT_SCOPES.length }),
  /** What the role is called on a sign: „Wehrleiterin Issum“. */
  title: Type.String({ minLength: 1, maxLength: 80 }),
  box_key: Type.Optional(BoxKeySchema),
  /** Where an issuer also publishes what it revoked. Shown, never fetched by itself. */
  revocation_url: Type.Optional(Type.String({ pattern: '^https://[^\\s]+$', maxLength: 256 })),
  signature: SignatureSchema,
})
export type Certificate = Static<typeof CertificateSchema>

/** Only the issuer, or a holder above it, takes a certificate back (CIV-2). */
export const RevocationSchema = Strict({
  cert_id: CertIdSchema,
  revoked_by: NodeIdSchema,
  /** The certificate it is revoked under; null for a root. */
  by_cert: Type.Union([CertIdSchema, Type.Null()]),
  revoked_at: SecondsSchema,
  reason: Type.String({ minLength: 1, maxLength: 280 }),
  signature: SignatureSchema,
})
export type Revocation = Static<typeof RevocationSchema>

/** Hash of everything but id and signature, so that a chain of ids fixes the whole certificates and can hold no circle. */
export function certIdOf(certificate: Omit<Certificate, 'cert_id' | 'signature'>): CertId {
  const { cert_id: _id, signature: _signature, ...content }: Record<string, unknown> = { ...certificate }
  // 32 bytes always make 52 characters of base32
  return toBase32(sha256(canonicalBytes(content))) as CertId
}

/**
 * What a certificate's own bytes decide: its id, its signature, its dates in order (CIV-1). Chain, roots, revocation and
 * roles take more than that and are checked at every use.
 * @throws HearthError `civdef_cert_invalid`
 */
export async function checkCertificate(certificate: Certificate): Promise<void> {
  const { cert_id, issuer, issued_at, expires_at, scopes, title } = certificate
  if (cert_id !== certIdOf(certificate)) refuse('civdef_cert_invalid', 'cert_id is not the hash of the certificate', '/cert_id')
  if (issued_at >= expires_at) refuse('civdef_cert_invalid', 'ends before it begins', '/expires_at')
  if (new Set(scopes).size !== scopes.length) refuse('civdef_cert_invalid', 'names a scope twice', '/scopes')
  if (!isPlain(title)) refuse('civdef_cert_invalid', 'not plain text on one line', '/title')
  if (!(await verifyRecord(issuer, certificate))) refuse('civdef_cert_invalid', 'the signature does not verify', '/signature')
}

/** @throws HearthError `civdef_cert_invalid` */
export async function checkRevocation(revocation: Revocation): Promise<void> {
  if (!isPlain(revocation.reason)) refuse('civdef_cert_invalid', 'not plain text on one line', '/reason')
  if (!(await verifyRecord(revocation.revoked_by, revocation))) {
    refuse('civdef_cert_invalid', 'the signature of the revocation does not verify', '/signature')
  }
}
