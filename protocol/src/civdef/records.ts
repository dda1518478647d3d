import type { Static } from '@sinclair/typebox'
import { configChanged } from '../config/events.ts'
import { ContentIdSchema, CountSchema, NodeIdSchema, OneOf, Strict, TimeSchema, UlidSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { AckSchema, AlertSchema, CancellationSchema, SealedAlertSchema } from './alert.ts'
import { CertificateSchema, RevocationSchema } from './certificate.ts'
import {
  alertAcked,
  alertCancelled,
  alertForwarded,
  alertOpened,
  alertPublished,
  placeChanged,
  roleRegistered,
  roleRevoked,
  rootChanged,
  walletChanged,
} from './events.ts'
import { MirrorSchema } from './mirror.ts'
import { RoleSchema } from './terms.ts'

export const ALERT_ORIGINS = ['community', 'forwarded', 'mirror', 'sealed'] as const
export const ALERT_STATES = ['active', 'expired', 'cancelled', 'replaced'] as const
export type AlertState = (typeof ALERT_STATES)[number]

/** An alert, or a mirrored warning, with what the log knows of it. */
export const AlertRecordSchema = Strict({
  /** The alert's ULID, or `mirror:` and the warning's own identifier. */
  key: Type.String({ maxLength: 300 }),
  origin: OneOf(ALERT_ORIGINS),
  state: OneOf(ALERT_STATES),
  /** The event that carries it. */
  content_id: ContentIdSchema,
  /** Who published or brought it. */
  author: NodeIdSchema,
  /** Exactly one of the two. */
  alert: Type.Union([AlertSchema, Type.Null()]),
  mirror: Type.Union([MirrorSchema, Type.Null()]),
  cancellation: Type.Union([CancellationSchema, Type.Null()]),
  replaced_by: Type.Union([UlidSchema, Type.Null()]),
  /** Communities it passed on its way here. */
  path: Type.Array(NodeIdSchema),
})
export type AlertRecord = Static<typeof AlertRecordSchema>

const { alert_id, publisher, publisher_cert, region, roles, expires_at, drill } = SealedAlertSchema.properties
/** What everyone can read of an alert for roles that this device does not hold: that it passes (CIV-6). */
export const SealedPassingSchema = Strict({ alert_id, publisher, publisher_cert, region, roles, expires_at, drill })
export type SealedPassing = Static<typeof SealedPassingSchema>

export const CERT_STATES = ['good', 'not_yet', 'expired', 'revoked', 'unrecognised', 'unsupported', 'invalid'] as const
export type CertState = (typeof CERT_STATES)[number]

/** A certificate, and whether it holds right now (CIV-1). */
export const CertificateRecordSchema = Strict({
  certificate: CertificateSchema,
  state: OneOf(CERT_STATES),
  /** The root it ends at, by its configured name; empty where it ends nowhere. */
  root_name: Type.String(),
  revocation: Type.Union([RevocationSchema, Type.Null()]),
  /** Fewer days than this are left; null while there is time (CIV-3). */
  expires_in_days: Type.Union([Type.Integer(), Type.Null()]),
})
export type CertificateRecord = Static<typeof CertificateRecordSchema>

export const AckRecordSchema = Strict({
  ack: AckSchema,
  content_id: ContentIdSchema,
  display_name: Type.String(),
  /** Null for a resident, or where the certificate is not good. */
  role: Type.Union([RoleSchema, Type.Null()]),
})
export type AckRecord = Static<typeof AckRecordSchema>

/** What the publisher watches (CIV-11). */
export const AckBoardSchema = Strict({
  /** The newest of each person, newest first. */
  acks: Type.Array(AckRecordSchema),
  counts: Strict({
    received: CountSchema,
    acting: CountSchema,
    need_help: CountSchema,
    standing_down: CountSchema,
    mistaken: CountSchema,
  }),
  /** Per role, who answered and who has not. */
  by_role: Type.Array(Strict({ role: RoleSchema, acked: Type.Array(NodeIdSchema), waiting: Type.Array(NodeIdSchema) })),
  /** Members' devices that said they hold the alert. */
  holding: CountSchema,
  first_after_seconds: Type.Union([CountSchema, Type.Null()]),
  median_after_seconds: Type.Union([CountSchema, Type.Null()]),
  as_of: TimeSchema,
})
export type AckBoard = Static<typeof AckBoardSchema>

/** Everything whose arrival can change what is said of alerts and certificates. */
export const ALERT_EVENTS = [
  ...[alertPublished, alertForwarded, alertCancelled, roleRegistered, roleRevoked, rootChanged],
  ...[walletChanged, placeChanged, alertOpened, configChanged],
]
export const ROLE_EVENTS = [roleRegistered, roleRevoked, rootChanged, walletChanged, configChanged]
export const ACK_EVENTS = [alertAcked, roleRegistered, roleRevoked, rootChanged]
