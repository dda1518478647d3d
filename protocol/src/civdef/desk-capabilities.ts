import type { Static } from '@sinclair/typebox'
import { configChanged } from '../config/events.ts'
import { defineCapability } from '../core/capability.ts'
import { CountSchema, NodeIdSchema, OneOf, Strict, TimeSchema, UlidSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { AlertSchema, AttestationSchema, CosignRequestSchema, PointSchema } from './alert.ts'
import { AuditReportSchema } from './audit.ts'
import { AlertDraftSchema } from './capabilities.ts'
import { BoxKeySchema, CertificateSchema } from './certificate.ts'
import { CIVDEF_CHAIN_MAX, CIVDEF_DOCUMENT_MAX_CHARS } from './constants.ts'
import { DecisionSchema } from './decision.ts'
import {
  auditBroken,
  auditChanged,
  auditCheckpointed,
  cosignChanged,
  draftsChanged,
  feedChanged,
  placeChanged,
  rootChanged,
} from './events.ts'
import { MIRROR_FORMATS, MirrorSchema } from './mirror.ts'
import { ALERT_EVENTS, AlertRecordSchema, CertificateRecordSchema, ROLE_EVENTS } from './records.ts'
import { CERT_SCOPES, CertIdSchema, RegionSchema, RoleSchema, SecondsSchema } from './terms.ts'

// what the person at this device has on the desk, beside the names of the index
const ask = { stability: 'experimental', trust: 'self', idempotent: true, errors: ['experimental_disabled'] } as const
const act = { stability: 'experimental', trust: 'self' } as const
const Nothing = Strict({})
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

export const PlaceSchema = Strict({
  region: RegionSchema,
  /** As people say it: „Issum“. */
  name: Type.String(),
  /** What it lies in: „Kreis Kleve“. */
  within: Type.String(),
  kind: OneOf(['land', 'kreis', 'gemeinde']),
  ags: Type.String({ pattern: '^\\d{2,8}$' }),
  ars: Type.String({ pattern: '^\\d{12}$' }),
  /** NINA's key of the area. */
  warncell: Type.String({ pattern: '^\\d{9}$' }),
  inhabitants: CountSchema,
})
export type Place = Static<typeof PlaceSchema>

/** Municipalities by name, as one types; or the one place of a region (`DE.NRW.Kleve`), to be named (CIV-5). */
export const placeSearch = defineCapability({
  ...ask,
  name: 'experimental.civdef.place.search',
  input: Strict({ text: Type.String({ maxLength: 80 }), limit: Type.Integer({ minimum: 1, maximum: 50 }) }),
  output: Strict({ places: Type.Array(PlaceSchema), source: Type.String() }),
})

/** Where this person is, and what follows from it. */
export const placeGet = defineCapability({
  ...ask,
  name: 'experimental.civdef.place.get',
  input: Nothing,
  output: Strict({ place: Type.Union([PlaceSchema, Type.Null()]), position: Type.Union([PointSchema, Type.Null()]) }),
  answersFrom: [configChanged, placeChanged],
})

/** Says where this device is, for targets with a shape; null forgets it. It stays on this device. */
export const placeSet = defineCapability({
  ...act,
  name: 'experimental.civdef.place.set',
  errors: ['experimental_disabled'],
  input: Strict({ position: Type.Union([PointSchema, Type.Null()]) }),
  output: Nothing,
})

/** Trust roots by name and fingerprint, the community's and this device's own. */
export const rootList = defineCapability({
  ...ask,
  name: 'experimental.civdef.root.list',
  input: Nothing,
  output: Strict({
    roots: Type.Array(
      Strict({
        root: NodeIdSchema,
        name: Type.String(),
        region: RegionSchema,
        fingerprint: Type.String(),
        from: OneOf(['community', 'device']),
      }),
    ),
  }),
  answersFrom: [rootChanged, configChanged],
})

/** An anchor names a root for everyone, or takes it away. */
export const rootSet = defineCapability({
  ...act,
  name: 'experimental.civdef.root.set',
  errors: ['experimental_disabled', 'civdef_region_unsupported'],
  input: Strict({
    root: NodeIdSchema,
    name: Type.Union([Type.String({ minLength: 1, maxLength: 80 }), Type.Null()]),
    region: RegionSchema,
  }),
  output: Nothing,
})

const AUDIT_EVENTS = [auditChanged, auditBroken, auditCheckpointed]

/** How this device's chain stands, from its last check. */
export const auditState = defineCapability({
  ...ask,
  name: 'experimental.civdef.audit.state',
  input: Nothing,
  output: Strict({
    entries: CountSchema,
    report: Type.Union([AuditReportSchema, Type.Null()]),
    checked_at: Type.Union([TimeSchema, Type.Null()]),
    blocked: Type.Boolean(),
    /** Entries that are past the configured years, and may be deleted (AUD-6). */
    expired: CountSchema,
    /** Runs of the chain before this one: what was broken stays, and is exported by its number. */
    earlier: CountSchema,
    /** The newest checkpoint, with the nodes that witnessed it. */
    checkpoint: Type.Union([
      Strict({ size: CountSchema, at: TimeSchema, witnesses: Type.Array(NodeIdSchema), note: Type.String() }),
      Type.Null(),
    ]),
  }),
  answersFrom: AUDIT_EVENTS,
})

/** Walks the whole chain: hashes, signatures, checkpoints, witnesses (AUD-4). */
export const auditVerify = defineCapability({
  ...act,
  name: 'experimental.civdef.audit.verify',
  timeoutSeconds: 300,
  maxConcurrent: 1,
  idempotent: true,
  errors: ['experimental_disabled'],
  /** `entries` checks each signature; `checkpoints` those after the newest checkpoint, whose root holds the others. */
  input: Strict({ by: OneOf(['entries', 'checkpoints']) }),
  output: AuditReportSchema,
})

/** Signs how long the chain is and asks members to witness it (AUD-2, AUD-3). */
export const auditCheckpoint = defineCapability({
  ...act,
  name: 'experimental.civdef.audit.checkpoint',
  timeoutSeconds: 60,
  errors: ['experimental_disabled', 'civdef_audit_chain_broken'],
  input: Nothing,
  output: Strict({ size: CountSchema, witnesses: Type.Array(NodeIdSchema) }),
})

/**
 * A member asks this node to witness its checkpoint: consistent with the last one seen of that log, stored, then cosigned
 * (AUD-3). A `conflict` answer tells the size that the witness holds.
 */
export const auditWitness = defineCapability({
  stability: 'experimental',
  trust: 'member',
  name: 'experimental.civdef.audit.witness',
  idempotent: true,
  // whoever does not answer at once is not there: a person is waiting for the checkpoint
  timeoutSeconds: 3,
  errors: ['experimental_disabled', 'invalid_signature', 'civdef_audit_chain_broken'],
  input: Strict({
    note: Type.String({ maxLength: 16 * 1024 }),
    /** Size of the checkpoint the proof starts from; 0 where there is none. */
    old_size: CountSchema,
    /** Base64, RFC 6962 consistency. */
    proof: Type.Array(Type.String({ pattern: '^[A-Za-z0-9+/]{43}=$' }), { maxItems: 63 }),
  }),
  output: Strict({
    outcome: OneOf(['cosigned', 'conflict']),
    /** The witness's line; empty on a conflict. */
    line: Type.String(),
    /** The size this witness holds now. */
    size: CountSchema,
    /** The checkpoint it holds, with its own line. */
    held: Type.String(),
  }),
})

/** Goes on after a break, deliberately: the break is recorded and a new checkpoint signed (AUD-4). */
export const auditRestart = defineCapability({
  ...act,
  name: 'experimental.civdef.audit.restart',
  errors: ['experimental_disabled', 'bad_request'],
  input: Strict({ reason: Type.String({ minLength: 1, maxLength: 280 }) }),
  output: Strict({ size: CountSchema }),
})

/**
 * Deletes entries that are past their time. Never by itself: the clock of a tablet is no proof that ten years have gone by, so a
 * person says the years, and they have to be the configured ones (AUD-6).
 */
export const auditDelete = defineCapability({
  ...act,
  name: 'experimental.civdef.audit.delete',
  timeoutSeconds: 300,
  maxConcurrent: 1,
  errors: ['experimental_disabled', 'bad_request', 'civdef_audit_chain_broken'],
  input: Strict({ years: Type.Integer({ minimum: 1, maximum: 100 }) }),
  output: Strict({ deleted: CountSchema }),
})

/** How the feed of official warnings does that the operator configured. */
export const feedState = defineCapability({
  ...ask,
  name: 'experimental.civdef.feed.state',
  input: Nothing,
  output: Strict({
    /** Empty: none is configured, and none is ever asked. */
    url: Type.String(),
    asked_at: Type.Union([TimeSchema, Type.Null()]),
    outcome: OneOf(['never', 'fresh', 'unchanged', 'unreachable', 'refused']),
    /** Of the last answer: mirrors that were new, and warnings that could not be read. */
    kept: CountSchema,
    refused: CountSchema,
  }),
  answersFrom: [configChanged, feedChanged],
})

/** An alert with what it takes to check it, for somebody in another community: as a file, or as text for a QR code. */
export const forwardExport = defineCapability({
  ...ask,
  name: 'experimental.civdef.forward.export',
  errors: ['experimental_disabled', 'civdef_alert_not_found', 'civdef_alert_target_invalid', 'bad_request'],
  input: Strict({ key: Key }),
  output: Strict({ file_name: Type.String(), text: Type.String(), hop: CountSchema }),
})

/** Reads such a text; `keep` brings the alert to this community, as one that came from elsewhere. */
export const forwardImport = defineCapability({
  ...act,
  name: 'experimental.civdef.forward.import',
  errors: [
    ...(['experimental_disabled', 'bad_request', 'invalid_signature', 'civdef_alert_target_invalid'] as const),
    ...(['civdef_cert_invalid', 'civdef_audit_chain_broken'] as const),
  ],
  input: Strict({ text: Type.String({ maxLength: 64 * 1024 }), keep: Type.Boolean() }),
  output: Strict({
    alert: AlertSchema,
    /** Communities it passed, the first published it. */
    path: Type.Array(NodeIdSchema),
    /** What this device would do with it. */
    decision: DecisionSchema,
    kept: Type.Boolean(),
  }),
})

/** An alert as CAP 1.2. */
export const capExport = defineCapability({
  ...ask,
  name: 'experimental.civdef.cap.export',
  errors: ['experimental_disabled', 'civdef_alert_not_found'],
  input: Strict({ key: Key }),
  output: Strict({ file_name: Type.String(), text: Type.String() }),
})

/** Reads CAP 1.2 or NINA JSON; `keep` brings it to the community as a mirror. */
export const capImport = defineCapability({
  ...act,
  name: 'experimental.civdef.cap.import',
  errors: ['experimental_disabled', 'civdef_region_unsupported'],
  input: Strict({
    format: OneOf(MIRROR_FORMATS),
    text: Type.String({ maxLength: CIVDEF_DOCUMENT_MAX_CHARS }),
    keep: Type.Boolean(),
  }),
  output: Strict({ mirrors: Type.Array(MirrorSchema, { maxItems: 64 }), kept: CountSchema }),
})
