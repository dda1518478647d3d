import type { Static } from '@sinclair/typebox'
import { defineCapability } from '../core/capability.ts'
import { CountSchema, NodeIdSchema, OneOf, Strict, TimeSchema, UlidSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { AttestationSchema, CosignRequestSchema } from './alert.ts'
import { AlertDraftSchema } from './capabilities.ts'
import { act, ask, Nothing } from './capability-kinds.ts'
import { BoxKeySchema, CertificateSchema } from './certificate.ts'
import { CIVDEF_CHAIN_MAX } from './constants.ts'
import { DecisionSchema } from './decision.ts'
import { cosignChanged, draftsChanged } from './events.ts'
import { ALERT_EVENTS, AlertRecordSchema, CertificateRecordSchema, ROLE_EVENTS } from './records.ts'
import { CERT_SCOPES, CertIdSchema, RegionSchema, RoleSchema, SecondsSchema } from './terms.ts'

// what the person at this device has on the desk, beside the names of the index

const Key = AlertRecordSchema.properties.key

/** Why this device shows an alert, or why not: the decision itself (CIV-12). */
export const alertExplain = defineCapability({
  ...ask,
  name: 'experimental.civdef.alert.explain',
  errors: ['experimental_disabled', 'civdef_alert_not_found'],
  input: Strict({ key: Key }),
  output: DecisionSchema,
  answersFrom: ALERT_EVENTS,
})

/** Whether a draft would go out, and what a resident of its area would get. */
export const alertPreview = defineCapability({
  ...ask,
  name: 'experimental.civdef.alert.preview',
  input: Strict({ draft: AlertDraftSchema }),
  output: Strict({
    /** Codes that publishing would refuse with; empty when it would not. */
    problems: Type.Array(Strict({ code: Type.String(), field: Type.String(), message: Type.String() })),
    needs_cosignature: Type.Boolean(),
    /** Of a resident inside the target. */
    resident: DecisionSchema,
    municipalities: CountSchema,
    inhabitants: CountSchema,
  }),
})

/** An alert that nobody has signed yet. */
export const KeptDraftSchema = Strict({ draft_id: UlidSchema, draft: AlertDraftSchema, saved_at: TimeSchema })
export type KeptDraft = Static<typeof KeptDraftSchema>

export const draftList = defineCapability({
  ...ask,
  name: 'experimental.civdef.draft.list',
  input: Nothing,
  output: Strict({ drafts: Type.Array(KeptDraftSchema) }),
  answersFrom: [draftsChanged],
})

export const draftSave = defineCapability({
  ...act,
  name: 'experimental.civdef.draft.save',
  errors: ['experimental_disabled'],
  input: Strict({ draft_id: Type.Optional(UlidSchema), draft: AlertDraftSchema }),
  output: Strict({ draft_id: UlidSchema }),
})

export const draftDiscard = defineCapability({
  ...act,
  name: 'experimental.civdef.draft.discard',
  errors: ['experimental_disabled'],
  input: Strict({ draft_id: UlidSchema }),
  output: Nothing,
})

/** Asks a higher tier for its signature: by the bus where it is near, else as text for a QR code (CIV-4). */
export const cosignRequest = defineCapability({
  ...act,
  name: 'experimental.civdef.cosign.request',
  errors: [
    ...(['experimental_disabled', 'civdef_alert_target_invalid', 'civdef_cert_not_owned', 'civdef_cert_invalid'] as const),
    ...(['civdef_cert_out_of_scope', 'civdef_cert_unrecognised', 'civdef_region_unsupported', 'civdef_role_revoked'] as const),
  ],
  input: Strict({ draft: AlertDraftSchema, to: NodeIdSchema, reason: CosignRequestSchema.properties.reason }),
  output: Strict({ request_id: UlidSchema, delivered: Type.Boolean(), text: Type.String() }),
})

/** A member puts a request into this device's inbox. Nothing is signed by it. */
export const cosignOffer = defineCapability({
  stability: 'experimental',
  trust: 'member',
  idempotent: true,
  name: 'experimental.civdef.cosign.offer',
  errors: ['experimental_disabled', 'civdef_alert_target_invalid'],
  input: Strict({ request: CosignRequestSchema }),
  output: Nothing,
})

/** The answer on its way back to who asked. */
export const cosignDeliver = defineCapability({
  stability: 'experimental',
  trust: 'member',
  idempotent: true,
  name: 'experimental.civdef.cosign.deliver',
  errors: ['experimental_disabled', 'not_found'],
  input: Strict({ request_id: UlidSchema, attestation: Type.Union([AttestationSchema, Type.Null()]) }),
  output: Nothing,
})

const COSIGN_STATES = ['waiting', 'signed', 'declined'] as const

/** Requests to this person and by this person, newest first. */
export const cosignList = defineCapability({
  ...ask,
  name: 'experimental.civdef.cosign.list',
  input: Nothing,
  output: Strict({
    requests: Type.Array(
      Strict({
        request: CosignRequestSchema,
        direction: OneOf(['in', 'out']),
        state: OneOf(COSIGN_STATES),
        attestation: Type.Union([AttestationSchema, Type.Null()]),
        /** What the other side still has to get, as text for a QR code: a request that waits, an answer; null where it is over. */
        text: Type.Union([Type.String(), Type.Null()]),
      }),
    ),
  }),
  answersFrom: [cosignChanged],
})

/** Signs a request, or declines it; `text` is the QR code for the way back. */
export const cosignAnswer = defineCapability({
  ...act,
  name: 'experimental.civdef.cosign.answer',
  errors: [
    ...(['experimental_disabled', 'not_found', 'civdef_cert_not_owned', 'civdef_cert_invalid'] as const),
    ...(['civdef_cert_out_of_scope', 'civdef_cert_unrecognised', 'civdef_region_unsupported', 'civdef_role_revoked'] as const),
    'civdef_alert_target_invalid',
  ],
  input: Strict({ request_id: UlidSchema, cert_id: CertIdSchema, sign: Type.Boolean() }),
  output: Strict({ delivered: Type.Boolean(), text: Type.String() }),
})

/** Reads a request or an answer from a QR code. */
export const cosignImport = defineCapability({
  ...act,
  name: 'experimental.civdef.cosign.import',
  errors: ['experimental_disabled', 'not_found', 'civdef_alert_target_invalid'],
  input: Strict({ text: Type.String({ maxLength: 16 * 1024 }) }),
  output: Strict({ request_id: UlidSchema, kind: OneOf(['request', 'answer']) }),
})

/** What this person holds, and what of it is about to end (CIV-3). */
export const walletGet = defineCapability({
  ...ask,
  name: 'experimental.civdef.wallet.get',
  input: Nothing,
  output: Strict({
    own: Type.Array(CertificateRecordSchema),
    /** Issued by this person and ending soon. */
    issued_ending: Type.Array(CertificateRecordSchema),
    box_key: Type.Union([BoxKeySchema, Type.Null()]),
  }),
  answersFrom: ROLE_EVENTS,
})

/** First step of the ceremony: what a person asks for, as text for a QR code. */
export const ceremonyRequest = defineCapability({
  ...act,
  name: 'experimental.civdef.ceremony.request',
  errors: ['experimental_disabled', 'civdef_region_unsupported'],
  input: Strict({
    role: RoleSchema,
    region: RegionSchema,
    title: CertificateSchema.properties.title,
    scopes: CertificateSchema.properties.scopes,
  }),
  output: Strict({ text: Type.String() }),
})

/** What a person asks for, as the issuer reads it before looking at the person: signed by who asks, so the key is theirs. */
export const CeremonyRequestSchema = Strict({
  holder: NodeIdSchema,
  /** What the person calls themself; the issuer looks at the person. */
  display_name: Type.String({ maxLength: 64 }),
  role: RoleSchema,
  region: RegionSchema,
  title: CertificateSchema.properties.title,
  scopes: CertificateSchema.properties.scopes,
  box_key: Type.Optional(BoxKeySchema),
  requested_at: SecondsSchema,
  signature: CertificateSchema.properties.signature,
})
export type CeremonyRequest = Static<typeof CeremonyRequestSchema>

/** Reads a request before anything is signed. Both people compare the fingerprint. */
export const ceremonyRead = defineCapability({
  ...ask,
  name: 'experimental.civdef.ceremony.read',
  input: Strict({ text: Type.String({ maxLength: 16 * 1024 }) }),
  output: Strict({ request: CeremonyRequestSchema, fingerprint: Type.String() }),
})

/** Second step, at the issuer: after looking at the person, signs. `text` is the QR code back. */
export const ceremonyIssue = defineCapability({
  ...act,
  name: 'experimental.civdef.ceremony.issue',
  errors: [
    ...(['experimental_disabled', 'civdef_cert_not_owned', 'civdef_cert_invalid'] as const),
    ...(['civdef_cert_out_of_scope', 'civdef_cert_unrecognised', 'civdef_region_unsupported', 'civdef_role_revoked'] as const),
  ],
  input: Strict({
    text: Type.String({ maxLength: 16 * 1024 }),
    /** The certificate it is issued under; null for a root. */
    under: Type.Union([CertIdSchema, Type.Null()]),
    scopes: Type.Array(OneOf(CERT_SCOPES), { minItems: 1, maxItems: CERT_SCOPES.length }),
    expires_at: SecondsSchema,
  }),
  output: Strict({ cert_id: CertIdSchema, text: Type.String() }),
})

/** Third step, at the holder: checks the certificate and makes it known, so that it can be used at once. */
export const ceremonyAccept = defineCapability({
  ...act,
  name: 'experimental.civdef.ceremony.accept',
  errors: [
    ...(['experimental_disabled', 'civdef_cert_not_owned', 'civdef_cert_invalid', 'civdef_cert_unrecognised'] as const),
    ...(['civdef_cert_out_of_scope', 'civdef_region_unsupported', 'civdef_role_revoked', 'civdef_audit_chain_broken'] as const),
  ],
  input: Strict({ text: Type.String({ maxLength: 16 * 1024 }) }),
  output: Strict({ certificate: CertificateSchema, chain: Type.Array(CertificateSchema, { maxItems: CIVDEF_CHAIN_MAX }) }),
})
