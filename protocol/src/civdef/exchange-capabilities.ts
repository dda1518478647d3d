import { configChanged } from '../config/events.ts'
import { defineCapability } from '../core/capability.ts'
import { CountSchema, NodeIdSchema, OneOf, Strict, TimeSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { AlertSchema } from './alert.ts'
import { act, ask, Nothing } from './capability-kinds.ts'
import { CIVDEF_DOCUMENT_MAX_CHARS } from './constants.ts'
import { DecisionSchema } from './decision.ts'
import { alertForwarded, feedChanged } from './events.ts'
import { MIRROR_FORMATS, MirrorSchema } from './mirror.ts'
import { AlertRecordSchema } from './records.ts'

// what comes from outside this community and leaves it

const Key = AlertRecordSchema.properties.key

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

const { certificates, path, cancellation } = alertForwarded.data.properties
/** An alert on its way to another community: what that community's log then says. */
export const HandOverSchema = Strict({ alert: AlertSchema, certificates, path, cancellation })

/**
 * Hands an alert to another community that has agreed to it (FDR-3): what `experimental.civdef.forward.import` takes by hand. The
 * last of its path is the community that calls; anyone else is `unauthorized`. `kept` is false where it was known.
 */
export const forwardDeliver = defineCapability({
  name: 'experimental.civdef.forward.deliver',
  stability: 'experimental',
  trust: 'trusted',
  idempotent: true,
  errors: forwardImport.errors,
  input: HandOverSchema,
  output: Strict({ kept: Type.Boolean() }),
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
