import { defineCapability } from '../core/capability.ts'
import { CountSchema, NodeIdSchema, OneOf, Strict, TimeSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { AuditReportSchema } from './audit.ts'
import { act, ask, Nothing } from './capability-kinds.ts'
import { auditBroken, auditChanged, auditCheckpointed } from './events.ts'

// the record of this device, for the person at it and for its witnesses

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
