import type { Static } from '@sinclair/typebox'
import { canonicalBytes } from '../core/canonical.ts'
import { toHex } from '../core/encoding.ts'
import { sha256 } from '../core/hash.ts'
import { ClaimIdSchema, NodeIdSchema, OneOf, SignatureSchema, Strict, UlidSchema } from '../core/schema.ts'
import { verifyRecord } from '../core/signing.ts'
import * as Type from '../core/type.ts'
import { BoxKeySchema } from './certificate.ts'
import {
  CIVDEF_ACK_NOTE_MAX_CHARS,
  CIVDEF_ALERT_BODY_MAX_CHARS,
  CIVDEF_ALERT_MAX_SECONDS,
  CIVDEF_ALERT_TITLE_MAX_CHARS,
  CIVDEF_INSTRUCTION_MAX_CHARS,
  CIVDEF_INSTRUCTIONS_MAX,
  CIVDEF_POLYGON_MAX,
  CIVDEF_SEALED_MAX_HOLDERS,
} from './constants.ts'
import {
  ACK_STATUSES,
  ALERT_CHANNELS,
  ALERT_SEVERITIES,
  CertIdSchema,
  isPlain,
  LanguageSchema,
  RegionSchema,
  RoleSchema,
  refuse,
  SecondsSchema,
  Sha256Schema,
} from './terms.ts'

const Latitude = Type.Number({ minimum: -90, maximum: 90 })
const Longitude = Type.Number({ minimum: -180, maximum: 180 })

/** Degrees, WGS 84. */
export const PointSchema = Strict({ lat: Latitude, lon: Longitude })
export type Point = Static<typeof PointSchema>
export const BboxSchema = Strict({ west: Longitude, south: Latitude, east: Longitude, north: Latitude })
export type Bbox = Static<typeof BboxSchema>
/** Closed: the last corner is the first; at least four (CAP 1.2, polygon). */
export const PolygonSchema = Type.Array(PointSchema, { minItems: 4, maxItems: CIVDEF_POLYGON_MAX })

export const TargetSchema = Strict({
  region: RegionSchema,
  bbox: Type.Optional(BboxSchema),
  polygon: Type.Optional(PolygonSchema),
  /** Empty for everyone; else holders of one of these roles, or of a role below one (CIV-6). */
  roles: Type.Array(RoleSchema, { maxItems: 16 }),
  channels: Type.Array(OneOf(ALERT_CHANNELS), { minItems: 1, maxItems: ALERT_CHANNELS.length }),
})
export type Target = Static<typeof TargetSchema>

const words = {
  language: LanguageSchema,
  title: Type.String({ minLength: 1, maxLength: CIVDEF_ALERT_TITLE_MAX_CHARS }),
  body: Type.String({ minLength: 1, maxLength: CIVDEF_ALERT_BODY_MAX_CHARS }),
  instructions: Type.Array(Type.String({ minLength: 1, maxLength: CIVDEF_INSTRUCTION_MAX_CHARS }), {
    maxItems: CIVDEF_INSTRUCTIONS_MAX,
  }),
}
/** An alert in one language. */
export const WordingSchema = Strict(words)
export type Wording = Static<typeof WordingSchema>

/**
 * A higher tier's word that an alert is right (CIV-4). It covers what is said, to whom and until when, not the minute in which
 * the publisher then sends it.
 */
export const AttestationSchema = Strict({
  content_sha: Sha256Schema,
  cosigner: NodeIdSchema,
  cosigner_cert: CertIdSchema,
  cosigned_at: SecondsSchema,
  signature: SignatureSchema,
})
export type CosignAttestation = Static<typeof AttestationSchema>

/** What a person writes; who and when come with the signature. */
export const AlertContentSchema = Strict({
  alert_id: UlidSchema,
  severity: OneOf(ALERT_SEVERITIES),
  ...words,
  /** The same in other languages. */
  variants: Type.Array(WordingSchema, { maxItems: 8 }),
  target: TargetSchema,
  expires_at: SecondsSchema,
  publisher: NodeIdSchema,
  publisher_role: RoleSchema,
  publisher_cert: CertIdSchema,
  evidence_claim: Type.Optional(ClaimIdSchema),
  /** Identifier of a warning elsewhere that this one belongs to. */
  correlation_id: Type.Optional(Type.String({ pattern: '^[^\\s,<&]+$', maxLength: 256 })),
  /** The alert this one takes the place of (CIV-8). */
  replaces: Type.Optional(UlidSchema),
  drill: Type.Boolean(),
})
export type AlertContent = Static<typeof AlertContentSchema>

export const AlertSchema = Strict({
  ...AlertContentSchema.properties,
  published_at: SecondsSchema,
  issuer_attestation: Type.Optional(AttestationSchema),
  signature: SignatureSchema,
})
export type Alert = Static<typeof AlertSchema>

/** The end of an alert before its time. The original stays (CIV-10). */
export const CancellationSchema = Strict({
  alert_id: UlidSchema,
  cancelled_by: NodeIdSchema,
  canceller_cert: CertIdSchema,
  cancelled_at: SecondsSchema,
  reason: Type.String({ minLength: 1, maxLength: 280 }),
  /** The danger is over; else the alert was wrong or is void. Neither is a new alarm (CIV-8). */
  all_clear: Type.Boolean(),
  signature: SignatureSchema,
})
export type Cancellation = Static<typeof CancellationSchema>

export const AckSchema = Strict({
  alert_id: UlidSchema,
  status: OneOf(ACK_STATUSES),
  note: Type.Optional(Type.String({ minLength: 1, maxLength: CIVDEF_ACK_NOTE_MAX_CHARS })),
  acked_by: NodeIdSchema,
  acked_at: SecondsSchema,
  /** The role it is given in; none for a resident. */
  acker_cert: Type.Optional(CertIdSchema),
  signature: SignatureSchema,
})
export type Ack = Static<typeof AckSchema>

/**
 * An alert only holders of a role can read (CIV-6). What forwarders need is in the clear, the alert itself is encrypted once,
 * its key once per holder: X25519 with one ephemeral key, HKDF-SHA-256, AES-256-GCM.
 */
export const SealedAlertSchema = Strict({
  alert_id: UlidSchema,
  publisher: NodeIdSchema,
  publisher_cert: CertIdSchema,
  region: RegionSchema,
  roles: Type.Array(RoleSchema, { minItems: 1, maxItems: 16 }),
  expires_at: SecondsSchema,
  drill: Type.Boolean(),
  ephemeral: BoxKeySchema,
  /** Bytes of the wrapped key, by the holder's box key. */
  keys: Type.Array(Strict({ box_key: BoxKeySchema, wrapped: Type.String({ pattern: '^[A-Za-z0-9_-]{64}$' }) }), {
    minItems: 1,
    maxItems: CIVDEF_SEALED_MAX_HOLDERS,
  }),
  ciphertext: Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength: 64 * 1024 }),
  signature: SignatureSchema,
})
export type SealedAlert = Static<typeof SealedAlertSchema>

/** Asks a higher tier for its signature (CIV-4). It goes from person to person, over the bus or as a QR code. */
export const CosignRequestSchema = Strict({
  request_id: UlidSchema,
  content: AlertContentSchema,
  to: NodeIdSchema,
  requested_at: SecondsSchema,
  reason: Type.Optional(Type.String({ maxLength: 280 })),
  /** The publisher's. */
  signature: SignatureSchema,
})
export type CosignRequest = Static<typeof CosignRequestSchema>

/** What a co-signature covers: everything people read and everyone it reaches. */
export function contentSha(alert: AlertContent): string {
  const {
    published_at: _at,
    issuer_attestation: _attestation,
    signature: _signature,
    ...content
  }: Record<string, unknown> = {
    ...alert,
  }
  return `sha256:${toHex(sha256(canonicalBytes(content)))}`
}

/** Content of an alert as its co-signer saw it. */
export function contentOf(alert: Alert): AlertContent {
  const { published_at: _at, issuer_attestation: _attestation, signature: _signature, ...content } = alert
  return content
}

function checkWording({ title, body, instructions }: Wording, at: string): void {
  if (!isPlain(title)) refuse('bad_request', 'not plain text on one line', `${at}/title`)
  if (!isPlain(body, 'many')) refuse('bad_request', 'not plain text', `${at}/body`)
  for (const [index, line] of instructions.entries()) {
    if (!isPlain(line)) refuse('bad_request', 'not plain text on one line', `${at}/instructions/${index}`)
  }
}

const same = (a: Point | undefined, b: Point | undefined): boolean => a?.lat === b?.lat && a?.lon === b?.lon

/** @throws HearthError `civdef_alert_target_invalid` */
export function checkTarget({ bbox, polygon, roles, channels }: Target): void {
  const wrong = (message: string, field: string): never => refuse('civdef_alert_target_invalid', message, `/target${field}`)
  if (bbox && (bbox.south >= bbox.north || bbox.west >= bbox.east)) wrong('a box has its south below its north', '/bbox')
  if (polygon) {
    if (!same(polygon[0], polygon.at(-1))) wrong('an area ends where it begins', '/polygon')
    const corners = new Set(polygon.map(({ lat, lon }) => `${lat},${lon}`))
    if (corners.size < 3) wrong('an area has at least three corners', '/polygon')
  }
  if (new Set(roles).size !== roles.length) wrong('names a role twice', '/roles')
  if (new Set(channels).size !== channels.length) wrong('names a channel twice', '/channels')
}

/** @throws HearthError `bad_request`, `civdef_alert_target_invalid` */
export function checkContent(content: AlertContent): void {
  checkWording(content, '')
  const languages = new Set([content.language])
  for (const [index, variant] of content.variants.entries()) {
    if (languages.has(variant.language)) refuse('bad_request', 'names a language twice', `/variants/${index}/language`)
    languages.add(variant.language)
    checkWording(variant, `/variants/${index}`)
  }
  if (content.replaces === content.alert_id) refuse('bad_request', 'an alert does not replace itself', '/replaces')
  checkTarget(content.target)
}

/**
 * What an alert's own bytes decide (CIV-7): its form, its span, its signature and the co-signature in it. Whether its
 * certificate lets it speak is decided where the certificates are.
 * @throws HearthError `bad_request`, `civdef_alert_target_invalid`, `invalid_signature`
 */
export async function checkAlert(alert: Alert): Promise<void> {
  checkContent(alert)
  const span = Date.parse(alert.expires_at) - Date.parse(alert.published_at)
  if (!(span > 0)) refuse('bad_request', 'ends before it begins', '/expires_at')
  if (span > CIVDEF_ALERT_MAX_SECONDS * 1000) refuse('bad_request', 'lives longer than an alert may', '/expires_at')
  const { issuer_attestation } = alert
  if (issuer_attestation) {
    if (issuer_attestation.content_sha !== contentSha(alert)) {
      refuse('invalid_signature', 'the co-signature is about another alert', '/issuer_attestation/content_sha')
    }
    if (!(await verifyRecord(issuer_attestation.cosigner, issuer_attestation))) {
      refuse('invalid_signature', 'the co-signature does not verify', '/issuer_attestation/signature')
    }
  }
  if (!(await verifyRecord(alert.publisher, alert))) {
    refuse('invalid_signature', 'the signature of the alert does not verify', '/signature')
  }
}

/** @throws HearthError `bad_request`, `invalid_signature` */
export async function checkCancellation(cancellation: Cancellation): Promise<void> {
  if (!isPlain(cancellation.reason)) refuse('bad_request', 'not plain text on one line', '/reason')
  if (!(await verifyRecord(cancellation.cancelled_by, cancellation))) {
    refuse('invalid_signature', 'the signature of the cancellation does not verify', '/signature')
  }
}

/** @throws HearthError `bad_request`, `invalid_signature` */
export async function checkAck(ack: Ack): Promise<void> {
  if (ack.note !== undefined && !isPlain(ack.note, 'many')) refuse('bad_request', 'not plain text', '/note')
  if (!(await verifyRecord(ack.acked_by, ack))) {
    refuse('invalid_signature', 'the signature of the ack does not verify', '/signature')
  }
}

/** @throws HearthError `invalid_signature` */
export async function checkSealed(sealed: SealedAlert): Promise<void> {
  if (!(await verifyRecord(sealed.publisher, sealed))) {
    refuse('invalid_signature', 'the signature of the sealed alert does not verify', '/signature')
  }
}

/** @throws HearthError `bad_request`, `civdef_alert_target_invalid`, `invalid_signature` */
export async function checkCosignRequest(request: CosignRequest): Promise<void> {
  checkContent(request.content)
  if (!(await verifyRecord(request.content.publisher, request))) {
    refuse('invalid_signature', 'the signature of the request does not verify', '/signature')
  }
}
