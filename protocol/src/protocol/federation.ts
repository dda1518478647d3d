import type { Static } from '@sinclair/typebox'
import { canonicalBytes } from '../core/canonical.ts'
import { CommunityNameSchema } from '../core/community.ts'
import { concatBytes, toHex, utf8 } from '../core/encoding.ts'
import { HearthError } from '../core/errors.ts'
import { blake3 } from '../core/hash.ts'
import { type CommunityId, type NodeId, type Signature, signatureBytes, signatureOf } from '../core/ids.ts'
import type { JsonValue } from '../core/json.ts'
import { NodeIdSchema, parseAs, SignatureSchema, Strict, TimeSchema, UlidSchema } from '../core/schema.ts'
import { type Signer, verifyBytes } from '../core/signing.ts'
import * as Type from '../core/type.ts'
import { ProtocolVersionSchema } from './descriptor.ts'
import { requireCommonVersion } from './version.ts'

/** Longest a federation manifest is good for, in seconds (FDR-1). */
export const FEDERATION_MAX_SECONDS = 366 * 86_400
/** Communities that one is in touch with at a time; each is a topic at every box (FDR-5). */
export const FEDERATION_MAX_PARTNERS = 16

export const FederationGrantSchema = Strict({
  capability: Type.String({ minLength: 1, maxLength: 128 }),
  /** Members of the input that must have these values. */
  params_constraints: Type.Optional(Type.Record(Type.String(), Type.Unsafe<JsonValue>(Type.Unknown()))),
  calls_per_minute: Type.Integer({ minimum: 1, maximum: 6000 }),
})
export type FederationGrant = Static<typeof FederationGrantSchema>
export const FederationGrantsSchema = Type.Array(FederationGrantSchema, { maxItems: 64 })

/** One community of the two: who it is, what it speaks, what it grants the other, and the anchor who signs for it. */
export const FederationSideSchema = Strict({
  community_id: NodeIdSchema,
  name: CommunityNameSchema,
  anchor: NodeIdSchema,
  protocol_versions: Type.Array(ProtocolVersionSchema, { minItems: 1, maxItems: 8 }),
  grants: FederationGrantsSchema,
})
export type FederationSide = Static<typeof FederationSideSchema>

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

export const isFederationSignature = (
  by: NodeId,
  manifest: UnsignedFederationManifest,
  signature: Signature,
): Promise<boolean> => verifyBytes(by, signedPart(manifest), signatureBytes(signature))

/** Where devices of the two meet at a box (FDR-5): BLAKE3 of `"hearthnet-federation" ‖` the canonical manifest without `signatures`, 64 hex digits. */
export const federationTopicOf = (manifest: UnsignedFederationManifest): string =>
  toHex(blake3(concatBytes(utf8('hearthnet-federation'), signedPart(manifest))))

const wrong = (message: string, field: string): HearthError => new HearthError('bad_request', message, { data: { field } })

/** Two sides in order, and a life that may be (FDR-1). @throws HearthError `bad_request` */
export function requireForm(manifest: UnsignedFederationManifest): void {
  const [one, other] = manifest.sides
  if (!one || !other || one.community_id >= other.community_id) throw wrong('two sides, by community id', '/sides')
  for (const [at, { grants }] of manifest.sides.entries()) {
    const names = new Set(grants.map(({ capability }) => capability))
    if (names.size < grants.length) throw wrong('grants a capability twice', `/sides/${at}/grants`)
  }
  const [issued, expires] = [Date.parse(manifest.issued_at), Date.parse(manifest.expires_at)]
  if (expires <= issued || expires - issued > FEDERATION_MAX_SECONDS * 1000) throw wrong('no such life', '/expires_at')
}

/**
 * Form and both signatures: what does not change with time.
 * @throws HearthError `bad_request`, `invalid_signature`
 */
export async function readFederation(value: unknown): Promise<FederationManifest> {
  const manifest = parseAs(FederationManifestSchema, value, 'bad_request')
  requireForm(manifest)
  for (const [at, { anchor }] of manifest.sides.entries()) {
    const signature = manifest.signatures[at]
    if (!signature || !(await isFederationSignature(anchor, manifest, signature))) {
      throw new HearthError('invalid_signature', `the signature of side ${at} does not verify`)
    }
  }
  return manifest
}

/** @throws HearthError `expired`, also before it begins */
export function requireInForce({ issued_at, expires_at }: UnsignedFederationManifest, nowMs: number): void {
  if (nowMs >= Date.parse(expires_at)) throw new HearthError('expired', 'the federation manifest has expired')
  if (nowMs < Date.parse(issued_at)) throw new HearthError('expired', 'the federation manifest has not begun')
}

/** The version the two speak with each other (FDR-2). @throws HearthError `protocol_unsupported_capability` */
export const federationVersion = ({ sides: [one, other] }: UnsignedFederationManifest): string =>
  requireCommonVersion(one?.protocol_versions ?? [], other?.protocol_versions ?? [])

/**
 * Form, signatures, times, and the version the two speak with each other (FDR-2). Whether an anchor is one is for
 * that community's log to say.
 * @returns the negotiated version
 * @throws HearthError `bad_request`, `expired`, `invalid_signature`, `protocol_unsupported_capability`
 */
export async function checkFederation(
  value: unknown,
  nowMs: number,
): Promise<{ manifest: FederationManifest; version: string }> {
  const manifest = await readFederation(value)
  requireInForce(manifest, nowMs)
  return { manifest, version: federationVersion(manifest) }
}

/** The side of a community, and the other one; null where it is no side of it. */
export function sidesFor(
  manifest: UnsignedFederationManifest,
  community: CommunityId,
): { readonly ours: FederationSide; readonly theirs: FederationSide } | null {
  const ours = manifest.sides.find(({ community_id }) => community_id === community)
  const theirs = manifest.sides.find(({ community_id }) => community_id !== community)
  return ours && theirs ? { ours, theirs } : null
}

/**
 * What `by` lets the other side call. Federation is not transitive: a manifest speaks of its two sides alone (FDR-3).
 * @throws HearthError `unauthorized`
 */
export function grantOf(
  manifest: UnsignedFederationManifest,
  by: CommunityId,
  caller: CommunityId,
  capability: string,
): FederationGrant {
  const sides = sidesFor(manifest, by)
  const grant =
    sides?.theirs.community_id === caller ? sides.ours.grants.find((one) => one.capability === capability) : undefined
  if (!grant) throw new HearthError('unauthorized', 'not granted between these communities')
  return grant
}
