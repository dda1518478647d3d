import type { Static } from '@sinclair/typebox'
import { configChanged } from '../config/events.ts'
import { defineCapability } from '../core/capability.ts'
import { HUB_ENDPOINT_PATTERN } from '../core/config.ts'
import {
  ClaimIdSchema,
  ContentIdSchema,
  CountSchema,
  NodeIdSchema,
  OneOf,
  Strict,
  TimeSchema,
  UlidSchema,
} from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { StatementSchema, subjectSummary } from './capabilities.ts'
import {
  ClaimSchema,
  draftsChanged,
  ebkhSynced,
  ebkhSyncPartial,
  listsChanged,
  quarantineChanged,
  sampleChanged,
} from './events.ts'
import { AdvisorySchema } from './records.ts'

// what the person at this device has on the desk: nothing here is the community's until it is signed
const ask = { stability: 'experimental', trust: 'self', idempotent: true, errors: ['experimental_disabled'] } as const
const act = { stability: 'experimental', trust: 'self' } as const
const Nothing = Strict({})
const { subject } = subjectSummary.input.properties

/** A claim that nobody has signed yet (EVI-9). */
export const DraftSchema = Strict({
  draft_id: UlidSchema,
  statement: StatementSchema,
  /** The pattern that proposed it; `person` for one's own, `file` for an imported one. */
  pattern: Type.String({ maxLength: 64 }),
  /** The event it was taken from, where it was. */
  content_id: Type.Union([ContentIdSchema, Type.Null()]),
  proposed_at: TimeSchema,
})
export type Draft = Static<typeof DraftSchema>

export const draftList = defineCapability({
  ...ask,
  name: 'experimental.evidence.draft.list',
  input: Nothing,
  /** Newest first. */
  output: Strict({ drafts: Type.Array(DraftSchema) }),
  answersFrom: [draftsChanged],
})

/** Puts a statement aside for later. */
export const draftSave = defineCapability({
  ...act,
  name: 'experimental.evidence.draft.save',
  errors: ['experimental_disabled'],
  input: Strict({ statement: StatementSchema }),
  output: Strict({ draft_id: UlidSchema }),
})

/** Makes a claim of a draft: the one way a draft becomes one (EVI-9). `statement` where the person changed it. */
export const draftSign = defineCapability({
  ...act,
  name: 'experimental.evidence.draft.sign',
  errors: ['experimental_disabled', 'claim_signature_invalid', 'evidence_cycle_detected'],
  input: Strict({ draft_id: UlidSchema, statement: Type.Optional(StatementSchema) }),
  output: Strict({ claim_id: ClaimIdSchema, content_id: ContentIdSchema, advisories: Type.Array(AdvisorySchema) }),
})

export const draftDiscard = defineCapability({
  ...act,
  name: 'experimental.evidence.draft.discard',
  errors: ['experimental_disabled'],
  input: Strict({ draft_id: UlidSchema }),
  output: Nothing,
})

/** A claim from a hub, or from a file, that nobody here has accepted. Its id and its signature are right. */
export const QuarantinedSchema = Strict({
  claim_id: ClaimIdSchema,
  claim: ClaimSchema,
  /** Who asserts it: a hub's identity, or whoever the file says. */
  from: NodeIdSchema,
  /** Where it was fetched from: the hub's address, or `file`. */
  via: Type.String({ maxLength: 512 }),
  received_at: TimeSchema,
})
export type Quarantined = Static<typeof QuarantinedSchema>

export const quarantineList = defineCapability({
  ...ask,
  name: 'experimental.evidence.quarantine.list',
  input: Strict({
    subject: Type.Optional(subject),
    limit: Type.Integer({ minimum: 1, maximum: 200 }),
    after: Type.Optional(ClaimIdSchema),
  }),
  /** Newest first. */
  output: Strict({
    items: Type.Array(QuarantinedSchema),
    total: CountSchema,
    next: Type.Union([ClaimIdSchema, Type.Null()]),
  }),
  answersFrom: [quarantineChanged],
})

/** Brings quarantined claims into the community's log, asserted by the hub, admitted by this person. */
export const quarantineAdmit = defineCapability({
  ...act,
  name: 'experimental.evidence.quarantine.admit',
  errors: ['experimental_disabled', 'claim_not_found', 'claim_signature_invalid'],
  input: Strict({ claim_ids: Type.Array(ClaimIdSchema, { minItems: 1, maxItems: 100 }) }),
  output: Strict({ admitted: CountSchema }),
})

/** Turns them away; the same claim does not come back with the next sync. */
export const quarantineReject = defineCapability({
  ...act,
  name: 'experimental.evidence.quarantine.reject',
  errors: ['experimental_disabled', 'claim_not_found'],
  input: Strict({ claim_ids: Type.Array(ClaimIdSchema, { minItems: 1, maxItems: 100 }) }),
  output: Strict({ rejected: CountSchema }),
})

/** Whether the sample set is loaded on this device, and what it is about. */
export const sampleGet = defineCapability({
  ...ask,
  name: 'experimental.evidence.sample.get',
  input: Nothing,
  output: Strict({ loaded: Type.Boolean(), subjects: Type.Array(subject), claims: CountSchema }),
  answersFrom: [sampleChanged],
})

/** Lays ten subjects to look around in over what this device shows. Nothing of it ever enters the log. */
export const sampleLoad = defineCapability({
  ...act,
  name: 'experimental.evidence.sample.load',
  errors: ['experimental_disabled'],
  input: Nothing,
  output: Strict({ subjects: Type.Array(subject), claims: CountSchema }),
})

export const sampleRemove = defineCapability({
  ...act,
  name: 'experimental.evidence.sample.remove',
  errors: ['experimental_disabled'],
  input: Nothing,
  output: Nothing,
})

/** Formats a claim or a subject can be taken away in. */
export const EXPORT_FORMATS = ['proof', 'trig', 'jsonld'] as const

/** One file that says everything: a proof to check offline, or linked data with PROV-O and nanopublication terms. */
export const proofExport = defineCapability({
  ...ask,
  name: 'experimental.evidence.proof.export',
  timeoutSeconds: 60,
  errors: ['experimental_disabled', 'claim_not_found'],
  input: Strict({
    of: Type.Union([Strict({ claim_id: ClaimIdSchema }), Strict({ subject })]),
    format: OneOf(EXPORT_FORMATS),
  }),
  output: Strict({ file_name: Type.String(), media_type: Type.String(), text: Type.String() }),
})

/**
 * Reads a proof, TriG or JSON-LD file. What carries a valid signature of its own goes into quarantine, foreign
 * nanopublications become drafts: nothing is believed because it came in a file.
 */
export const fileImport = defineCapability({
  ...act,
  name: 'experimental.evidence.file.import',
  timeoutSeconds: 60,
  errors: ['experimental_disabled'],
  input: Strict({ format: OneOf(EXPORT_FORMATS), text: Type.String({ maxLength: 2 * 1024 * 1024 }) }),
  output: Strict({ quarantined: CountSchema, drafts: CountSchema, known: CountSchema, refused: CountSchema }),
})

/** This person's own lists. They re-rank what this person sees; they change no level and hide nothing (EVI-4). */
export const listsGet = defineCapability({
  ...ask,
  name: 'experimental.evidence.lists.get',
  input: Nothing,
  output: Strict({ allowed: Type.Array(NodeIdSchema), blocked: Type.Array(NodeIdSchema) }),
  answersFrom: [listsChanged],
})

export const listsSet = defineCapability({
  ...act,
  name: 'experimental.evidence.lists.set',
  errors: ['experimental_disabled'],
  input: Strict({
    allowed: Type.Array(NodeIdSchema, { maxItems: 500 }),
    blocked: Type.Array(NodeIdSchema, { maxItems: 500 }),
  }),
  output: Nothing,
})

/** What happens to what the hub sends: it waits for a person, or this person has decided beforehand. */
export const HUB_ADMISSIONS = ['ask', 'all'] as const

/** The hub this device is connected to, and how the last sync went. */
export const ebkhGet = defineCapability({
  ...ask,
  name: 'experimental.evidence.ebkh.get',
  input: Nothing,
  output: Strict({
    /** Empty without a hub. */
    endpoint: Type.String(),
    /** The identity the token names; null without a token. */
    hub: Type.Union([NodeIdSchema, Type.Null()]),
    token_expires_at: Type.Union([TimeSchema, Type.Null()]),
    quarantined: CountSchema,
    admit: OneOf(HUB_ADMISSIONS),
    last: Type.Union([
      Type.Null(),
      Strict({
        at: TimeSchema,
        pulled: CountSchema,
        pushed: CountSchema,
        refused: CountSchema,
        partial: Type.Boolean(),
        reason: Type.Union([Type.String(), Type.Null()]),
      }),
    ]),
  }),
  answersFrom: [configChanged, ebkhSynced, ebkhSyncPartial, quarantineChanged],
})

/** Connects to a hub with the token it issued to this node; an empty endpoint disconnects and forgets the token. */
export const ebkhConnect = defineCapability({
  ...act,
  name: 'experimental.evidence.ebkh.connect',
  errors: ['experimental_disabled', 'ebkh_unavailable'],
  input: Strict({
    endpoint: Type.String({ pattern: HUB_ENDPOINT_PATTERN, maxLength: 512 }),
    token: Type.String({ maxLength: 800 }),
  }),
  output: Nothing,
})

/** Sets this person's policy for what the hub sends; `all` holds for what waits, too, from the next exchange on. */
export const ebkhAdmission = defineCapability({
  ...act,
  name: 'experimental.evidence.ebkh.admission',
  errors: ['experimental_disabled', 'ebkh_unavailable'],
  input: Strict({ admit: OneOf(HUB_ADMISSIONS) }),
  output: Nothing,
})

/** Fetches what the hub knows of one subject, or of one place, into quarantine. */
export const ebkhPull = defineCapability({
  ...act,
  name: 'experimental.evidence.ebkh.pull',
  timeoutSeconds: 60,
  errors: ['experimental_disabled', 'ebkh_unavailable'],
  input: Strict({
    of: Type.Union([
      Strict({ subject }),
      Strict({
        /** West, south, east, north in degrees (WGS 84). */
        bbox: Strict({
          west: Type.Number({ minimum: -180, maximum: 180 }),
          south: Type.Number({ minimum: -90, maximum: 90 }),
          east: Type.Number({ minimum: -180, maximum: 180 }),
          north: Type.Number({ minimum: -90, maximum: 90 }),
        }),
        predicate: ClaimSchema.properties.predicate,
      }),
    ]),
  }),
  output: Strict({
    pulled: CountSchema,
    known: CountSchema,
    refused: CountSchema,
    partial: Type.Boolean(),
    reason: Type.Union([Type.String(), Type.Null()]),
  }),
})
