import { defineCapability } from '../core/capability.ts'
import type { ErrorCode } from '../core/errors.ts'
import { ContentIdSchema, CountSchema, OneOf, Strict, UlidSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { AckSchema, AlertContentSchema, AttestationSchema, CancellationSchema } from './alert.ts'
import { CertificateSchema, RevocationSchema } from './certificate.ts'
import { CIVDEF_CHAIN_MAX } from './constants.ts'
import { incidentChanged } from './events.ts'
import {
  ACK_EVENTS,
  AckBoardSchema,
  ALERT_EVENTS,
  ALERT_STATES,
  AlertRecordSchema,
  CertificateRecordSchema,
  ROLE_EVENTS,
  SealedPassingSchema,
} from './records.ts'
import { ALERT_SEVERITIES, CertIdSchema, RegionSchema, SecondsSchema } from './terms.ts'

/** Every way in which a certificate may not carry what is done under it (CIV-1). */
const CERT_ERRORS = [
  'civdef_cert_not_owned',
  'civdef_cert_invalid',
  'civdef_cert_unrecognised',
  'civdef_cert_out_of_scope',
  'civdef_role_revoked',
  'civdef_region_unsupported',
] as const satisfies readonly ErrorCode[]

const act = { stability: 'experimental', trust: 'self' } as const
const read = { stability: 'experimental', trust: 'member', idempotent: true } as const
const Key = AlertRecordSchema.properties.key

const { alert_id, publisher: _publisher, publisher_role: _role, publisher_cert, ...said } = AlertContentSchema.properties

/** What a person at this device says; who they are comes from the certificate. */
export const AlertDraftSchema = Strict({
  ...said,
  /** Given by who drafts, so that pressing twice publishes once (CIV-4); made here where it is missing. */
  alert_id: Type.Optional(alert_id),
  publisher_cert,
})

/** Signs an alert, records it in the chain and sends it out (CIV-4). */
export const alertPublish = defineCapability({
  ...act,
  name: 'experimental.civdef.alert.publish',
  timeoutSeconds: 30,
  idempotent: true,
  errors: ['experimental_disabled', 'civdef_alert_target_invalid', 'civdef_audit_chain_broken', ...CERT_ERRORS],
  input: Strict({ draft: AlertDraftSchema, attestation: Type.Optional(AttestationSchema) }),
  output: Strict({ alert_id: UlidSchema, content_id: ContentIdSchema }),
})

/** Ends an alert before its time; the original stays (CIV-10). */
export const alertCancel = defineCapability({
  ...act,
  name: 'experimental.civdef.alert.cancel',
  errors: ['experimental_disabled', 'civdef_alert_not_found', 'civdef_audit_chain_broken', ...CERT_ERRORS],
  input: Strict({
    alert_id: UlidSchema,
    cert_id: CertIdSchema,
    reason: CancellationSchema.properties.reason,
    all_clear: Type.Boolean(),
  }),
  output: Strict({ content_id: ContentIdSchema }),
})

const filter = {
  state: Type.Optional(OneOf(ALERT_STATES)),
  /** Alerts whose target overlaps this region. */
  region: Type.Optional(RegionSchema),
  min_severity: Type.Optional(OneOf(ALERT_SEVERITIES)),
  drill: Type.Optional(Type.Boolean()),
}

/** Alerts this node holds and believes, newest first; what is over stays in the history (CIV-8). */
export const alertList = defineCapability({
  ...read,
  name: 'experimental.civdef.alert.list',
  errors: ['experimental_disabled'],
  input: Strict({
    ...filter,
    /** Those that are not believed here, for whoever wants to know why; else only those that are (CIV-7, CIV-12). */
    refused: Type.Optional(Type.Boolean()),
    limit: Type.Integer({ minimum: 1, maximum: 200 }),
    after: Type.Optional(ContentIdSchema),
  }),
  output: Strict({
    alerts: Type.Array(AlertRecordSchema),
    total: CountSchema,
    /** Sealed ones for others that have not ended: they are in neither of the two above (CIV-6). */
    sealed: Type.Optional(Type.Array(SealedPassingSchema, { maxItems: 100 })),
    next: Type.Union([ContentIdSchema, Type.Null()]),
  }),
  answersFrom: ALERT_EVENTS,
})

export const alertGet = defineCapability({
  ...read,
  name: 'experimental.civdef.alert.get',
  errors: ['experimental_disabled', 'civdef_alert_not_found'],
  input: Strict({ key: Key }),
  output: Strict({
    record: AlertRecordSchema,
    /** The publisher's and its chain, nearest first; empty for a mirror. */
    certificates: Type.Array(CertificateRecordSchema),
  }),
  answersFrom: ALERT_EVENTS,
})

/** Follows alerts as they come, change and end. */
export const alertSubscribe = defineCapability({
  ...read,
  name: 'experimental.civdef.alert.subscribe',
  timeoutSeconds: 3600,
  errors: ['experimental_disabled'],
  input: Strict(filter),
  stream: Strict({ change: OneOf(['published', 'replaced', 'cancelled', 'expired']), record: AlertRecordSchema }),
  output: Strict({}),
})

/** Answers an alert with one of five words (CIV-11). */
export const alertAck = defineCapability({
  ...act,
  name: 'experimental.civdef.alert.ack',
  errors: [
    ...(['experimental_disabled', 'civdef_alert_not_found', 'civdef_ack_rate_limited'] as const),
    ...(['civdef_audit_chain_broken', 'civdef_cert_not_owned', 'civdef_cert_out_of_scope'] as const),
  ],
  input: Strict({
    alert_id: UlidSchema,
    status: AckSchema.properties.status,
    note: AckSchema.properties.note,
    /** The role it is given in; none for a resident. */
    cert_id: Type.Optional(CertIdSchema),
  }),
  output: Strict({ content_id: ContentIdSchema }),
})

/** Who answered what, who has not, how many hold the alert, how long it took (CIV-11). */
export const alertAcks = defineCapability({
  ...read,
  name: 'experimental.civdef.alert.acks',
  errors: ['experimental_disabled', 'civdef_alert_not_found', 'civdef_cert_out_of_scope'],
  input: Strict({ alert_id: UlidSchema }),
  output: AckBoardSchema,
  answersFrom: [...ACK_EVENTS, incidentChanged],
})

/** Makes a certificate known to the community, with its chain (CIV-1). */
export const roleRegister = defineCapability({
  ...act,
  name: 'experimental.civdef.role.register',
  idempotent: true,
  errors: ['experimental_disabled', 'civdef_audit_chain_broken', ...CERT_ERRORS],
  input: Strict({
    certificate: CertificateSchema,
    /** Nearest first, as `issuer_chain` names them. */
    chain: Type.Array(CertificateSchema, { maxItems: CIVDEF_CHAIN_MAX }),
  }),
  output: Strict({ cert_id: CertIdSchema, content_id: ContentIdSchema }),
})

/** Who holds what in the community, with what is about to end first (CIV-3). */
export const roleList = defineCapability({
  ...read,
  name: 'experimental.civdef.role.list',
  errors: ['experimental_disabled'],
  input: Strict({
    holder: Type.Optional(CertificateSchema.properties.holder),
    region: Type.Optional(RegionSchema),
    only_good: Type.Optional(Type.Boolean()),
    limit: Type.Integer({ minimum: 1, maximum: 500 }),
  }),
  output: Strict({ certificates: Type.Array(CertificateRecordSchema), total: CountSchema }),
  answersFrom: ROLE_EVENTS,
})

/** Takes a certificate back; only who issued it, or stands above (CIV-2). */
export const roleRevoke = defineCapability({
  ...act,
  name: 'experimental.civdef.role.revoke',
  idempotent: true,
  errors: ['experimental_disabled', 'civdef_audit_chain_broken', ...CERT_ERRORS],
  input: Strict({ cert_id: CertIdSchema, reason: RevocationSchema.properties.reason }),
  output: Strict({ content_id: ContentIdSchema }),
})

export const AUDIT_FORMATS = ['jsonl', 'pdf'] as const

/** The chain of this device as a file: for a machine, or for a court (AUD-5). */
export const auditExport = defineCapability({
  ...act,
  name: 'experimental.civdef.audit.export',
  timeoutSeconds: 120,
  maxConcurrent: 1,
  idempotent: true,
  errors: ['experimental_disabled'],
  input: Strict({
    format: OneOf(AUDIT_FORMATS),
    /** Entries from then until then; all of them where missing. */
    since: Type.Optional(SecondsSchema),
    until: Type.Optional(SecondsSchema),
    alert_id: Type.Optional(UlidSchema),
    /** Which run of the chain; the current one where it is missing. An earlier one broke and stays as it was (AUD-4). */
    epoch: Type.Optional(CountSchema),
  }),
  output: Strict({
    file_name: Type.String(),
    media_type: Type.String(),
    /** Text for `jsonl`, base64 for `pdf`. */
    content: Type.String(),
    entries: CountSchema,
  }),
})
