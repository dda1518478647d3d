import type { Static } from '@sinclair/typebox'
import { canonicalBytes } from '../core/canonical.ts'
import { CommunityNameSchema } from '../core/community.ts'
import { HearthError } from '../core/errors.ts'
import { type CommunityId, signatureBytes, signatureOf } from '../core/ids.ts'
import type { JsonValue } from '../core/json.ts'
import { NodeIdSchema, parseAs, SignatureSchema, Strict, TimeSchema, UlidSchema } from '../core/schema.ts'
import { type Signer, verifyBytes } from '../core/signing.ts'
import * as Type from '../core/type.ts'
import { ProtocolVersionSchema } from './descriptor.ts'
import { requireCommonVersion } from './version.ts'

/** Longest a federation manifest is good for, in seconds (FDR-1). */
export const FEDERATION_MAX_SECONDS = 366 * 86_400

export const FederationGrantSchema = Strict({
  capability: Type.String({ minLength: 1, maxLength: 128 }),
  /** Members of the input that must have these values. */
  params_constraints: Type.Optional(Type.Record(Type.String(), Type.Unsafe<JsonValue>(Type.Unknown()))),
  calls_per_minute: Type.Integer({ minimum: 1, maximum: 6000 }),
})
export type FederationGrant = Static<typeof FederationGrantSchema>

/** One community of the two: who it is, what it speaks, what it grants the other, and the anchor who signs for it. */
export const FederationSideSchema = Strict({
  community_id: NodeIdSchema,
  name: CommunityNameSchema,
  anchor: NodeIdSchema,
  protocol_versions: Type.Array(ProtocolVersionSchema, { minItems: 1, maxItems: 8 }),
  grants: Type.Array(FederationGrantSchema, { maxItems: 64 }),
})

const body = {
  manifest_id: UlidSchema,
  issued_at: TimeSchema,
  expires_at: TimeSchema,
  /** By community id. */
  sides: Type.Array(FederationSideSchema, { minItems: 2, maxItems: 2 }),
}
const UnsignedSchema = Strict(body)
export type UnsignedFederationManifest = Static<typeof UnsignedSchema>

/** What two communities agree on, cross-signed (FDR-1); `signatures` are in the order of `sides`. */
export const FederationManifestSchema = Strict({
  ...body,
  signatures: Type.Array(SignatureSchema, { minItems: 2, maxItems: 2 }),
})
export type FederationManifest = Static<typeof FederationManifestSchema>

const signedPart = ({ manifest_id, issued_at, expires_at, sides }: UnsignedFederationManifest) =>
  canonicalBytes({ manifest_id, issued_at, expires_at, sides })

/** One side's signature, over the canonical manifest without `signatures` (FDR-1). */
export const signFederation = async (signer: Signer, manifest: UnsignedFederationManifest) =>
  signatureOf(await signer.sign(signedPart(manifest)))

const wrong = (message: string, field: string): HearthError => new HearthError('bad_request', message, { data: { field } })

/**
 * Form, times and both signatures, and the version the two speak with each other (FDR-2). Whether an anchor is one is for
 * that community's log to say.
 * @returns the negotiated version
 * @throws HearthError `bad_request`, `expired`, `invalid_signature`, `protocol_unsupported_capability`
 */
export async function checkFederation(
  value: unknown,
  nowMs: number,
): Promise<{ manifest: FederationManifest; version: string }> {
  const manifest = parseAs(FederationManifestSchema, value, 'bad_request')
  const [one, other] = manifest.sides
  if (!one || !other || one.community_id >= other.community_id) throw wrong('two sides, by community id', '/sides')
  const [issued, expires] = [Date.parse(manifest.issued_at), Date.parse(manifest.expires_at)]
  if (expires <= issued || expires - issued > FEDERATION_MAX_SECONDS * 1000) throw wrong('no such life', '/expires_at')
  if (nowMs >= expires) throw new HearthError('expired', 'the federation manifest has expired')
  const bytes = signedPart(manifest)
  for (const [at, { anchor }] of manifest.sides.entries()) {
    if (!(await verifyBytes(anchor, bytes, signatureBytes(manifest.signatures[at] ?? '')))) {
      throw new HearthError('invalid_signature', `the signature of side ${at} does not verify`)
    }
  }
  return { manifest, version: requireCommonVersion(one.protocol_versions, other.protocol_versions) }
}

/**
 * What `by` lets the other side call. Federation is not transitive: a manifest speaks of its two sides alone (FDR-3).
 * @throws HearthError `unauthorized`
 */
export function grantOf(
  manifest: FederationManifest,
  by: CommunityId,
  caller: CommunityId,
  capability: string,
): FederationGrant {
  const side = manifest.sides.find(({ community_id }) => community_id === by)
  const other = manifest.sides.find(({ community_id }) => community_id === caller)
  const grant = side === other ? undefined : other && side?.grants.find((one) => one.capability === capability)
  if (!grant) throw new HearthError('unauthorized', 'not granted between these communities')
  return grant
}
