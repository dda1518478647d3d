import type { Static } from '@sinclair/typebox'
import { canonicalBytes } from '../core/canonical.ts'
import { toHex } from '../core/encoding.ts'
import { sha256 } from '../core/hash.ts'
import { CountSchema, NodeIdSchema, OneOf, SignatureSchema, Strict, TimeSchema, UlidSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { Sha256Schema } from './terms.ts'

/** What a chain records (M31 audit). `deleted` is retention (AUD-6), `restarted` the deliberate re-checkpoint after a break (AUD-4). */
export const AUDIT_EVENTS = [
  ...(['published', 'forwarded', 'acked', 'cancelled', 'mirrored'] as const),
  ...(['role_registered', 'role_revoked', 'checkpointed', 'deleted', 'restarted'] as const),
] as const
export type AuditEvent = (typeof AUDIT_EVENTS)[number]

/** One entry of a node's own chain (AUD-1). */
export const AuditEntrySchema = Strict({
  seq: CountSchema,
  /** Null where the entry is about no alert. */
  alert_id: Type.Union([UlidSchema, Type.Null()]),
  event: OneOf(AUDIT_EVENTS),
  /** Who did it; the signature is the chain's owner's. */
  actor: NodeIdSchema,
  at: TimeSchema,
  /** Of the canonical record the entry is about. */
  payload_sha: Sha256Schema,
  /** Of the canonical entry before; null for the first. */
  prev_sha: Type.Union([Sha256Schema, Type.Null()]),
  /** Of a `forwarded` entry: communities the alert had passed. */
  hop: Type.Optional(CountSchema),
  signature: SignatureSchema,
})
export type AuditEntry = Static<typeof AuditEntrySchema>

/** `sha256:` of a record's canonical form (AUD-1). */
export const shaOf = (record: unknown): string => `sha256:${toHex(sha256(canonicalBytes(record)))}`

/** The ways a chain can be broken (AUD-4). */
export const AUDIT_FAULTS = [
  /** Not an entry at all. */
  'malformed',
  /** A number is missing, doubled or out of order. */
  'sequence',
  /** Does not point at the entry before it. */
  'prev_hash',
  /** Not signed by the chain's owner. */
  'signature',
  /** A checkpoint that is not one, or not of this log, or not signed by it. */
  'checkpoint',
  /** The entries do not give the root that a checkpoint says. */
  'root',
  /** A checkpoint covers more entries than there are. */
  'truncated',
  /** A witness saw another history than this. */
  'forked',
] as const
export type AuditFault = (typeof AUDIT_FAULTS)[number]

export const AuditBreakSchema = Strict({
  fault: OneOf(AUDIT_FAULTS),
  /** The first entry that is not as it should be; for a checkpoint, its size. */
  seq: CountSchema,
  /** JSON pointer, line or checkpoint. */
  at: Type.String({ maxLength: 200 }),
  message: Type.String({ maxLength: 300 }),
})
export type AuditBreak = Static<typeof AuditBreakSchema>

export const AuditReportSchema = Strict({
  whole: Type.Boolean(),
  entries: CountSchema,
  checkpoints: CountSchema,
  /** Entries that a checkpoint covers, and those that a checkpoint with a witness's line covers. */
  checkpointed: CountSchema,
  witnessed: CountSchema,
  witnesses: Type.Array(NodeIdSchema),
  breaks: Type.Array(AuditBreakSchema),
})
export type AuditReport = Static<typeof AuditReportSchema>
