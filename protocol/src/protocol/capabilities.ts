import { configChanged } from '../config/events.ts'
import { defineCapability } from '../core/capability.ts'
import type { JsonObject } from '../core/json.ts'
import { ContentIdSchema, CountSchema, NodeIdSchema, OneOf, Strict, TimeSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { PROTOCOL_REGISTRY_PAGE } from './constants.ts'
import { DescriptorSchema, ProtocolVersionSchema } from './descriptor.ts'
import { conformanceProgressed, conformanceRan, descriptorAnnounced, registryUpdated } from './events.ts'
import { OVERALL, ReportSchema, UnsignedReportSchema } from './report.ts'

export const versionList = defineCapability({
  name: 'protocol.version.list',
  stability: 'stable',
  trust: 'unknown',
  idempotent: true,
  input: Strict({}),
  output: Strict({
    versions: Type.Array(Type.String()),
    /** Conformance suite versions this implementation has passed. */
    suite_versions_passed: Type.Array(Type.String()),
  }),
  answersFrom: [conformanceProgressed],
})

/** What this implementation is and what it can do, signed by the node that answers (PRO-5). */
export const selfDescribe = defineCapability({
  name: 'protocol.self.describe',
  stability: 'stable',
  trust: 'unknown',
  idempotent: true,
  input: Strict({}),
  output: DescriptorSchema,
  answersFrom: [configChanged],
})

export const RUN_PHASES = ['not_installed', 'idle', 'running'] as const

/** Where a run of the suite on this node stands. */
export const RunStateSchema = Strict({
  phase: OneOf(RUN_PHASES),
  suite_version: Type.Union([Type.String(), Type.Null()]),
  done: CountSchema,
  total: CountSchema,
  failed: CountSchema,
  /** The case that runs now. */
  current: Type.Union([Type.String(), Type.Null()]),
  /** Why the last run gave no report: `stopped`, or an error code. */
  ended: Type.Union([Type.String(), Type.Null()]),
})

/**
 * Runs the suite on this node, or fetches its last report (CONF-6). Anyone may fetch; the rest is for the person here:
 * `unauthorized`. Without a suite: `protocol_suite_not_installed`. `run` answers once the run is under way.
 */
export const conformanceReport = defineCapability({
  name: 'protocol.conformance.report',
  stability: 'stable',
  trust: 'unknown',
  errors: ['protocol_suite_not_installed', 'protocol_version_unknown'],
  input: Type.Union([
    Strict({ action: Type.Literal('fetch') }),
    Strict({
      action: Type.Literal('run'),
      seed: Type.Optional(CountSchema),
      sections: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 32 })),
      /** The version to be held to; this node's own when left out. */
      protocol_version: Type.Optional(Type.String({ maxLength: 64 })),
      /** Whether the community is told; it is when left out. */
      share: Type.Optional(Type.Boolean()),
    }),
    Strict({ action: Type.Literal('stop') }),
    /** Signs what a suite outside found about this node, and keeps it. */
    Strict({ action: Type.Literal('sign'), report: UnsignedReportSchema, share: Type.Optional(Type.Boolean()) }),
  ]),
  output: Strict({ state: RunStateSchema, report: Type.Union([ReportSchema, Type.Null()]) }),
  answersFrom: [conformanceProgressed],
})

/** One implementation as the registry remembers it (PRO-7). */
export const RegistryEntrySchema = Strict({
  node_id: NodeIdSchema,
  name: Type.String(),
  vendor: Type.String(),
  version: Type.String(),
  protocol_versions: Type.Array(ProtocolVersionSchema),
  homepage: Type.String(),
  contact: Type.String(),
  /** Of the index, how many it serves. */
  capabilities: CountSchema,
  issued_at: TimeSchema,
  heard_at: TimeSchema,
  /** `member`: announced in the community's log; `peer`: handed over by somebody, whoever that was. */
  from: OneOf(['member', 'peer']),
  /** BLAKE3 over the canonical signed descriptor. */
  descriptor_hash: ContentIdSchema,
  /** The version this node would speak with it, or null: stored and not negotiated with (PRO-9). */
  negotiated: Type.Union([Type.String(), Type.Null()]),
  /** What its node last told of a run of the suite. */
  conformance: Type.Union([
    Type.Null(),
    Strict({ suite_version: Type.String(), overall: OneOf(OVERALL), ended_at: TimeSchema }),
  ]),
})

/** Implementations this node has heard of: advice, not a directory (PRO-7). By vendor, name and node. */
export const registryList = defineCapability({
  name: 'protocol.registry.list',
  stability: 'stable',
  trust: 'unknown',
  idempotent: true,
  input: Strict({
    offset: Type.Optional(CountSchema),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PROTOCOL_REGISTRY_PAGE })),
  }),
  output: Strict({ entries: Type.Array(RegistryEntrySchema, { maxItems: PROTOCOL_REGISTRY_PAGE }), total: CountSchema }),
  answersFrom: [registryUpdated, descriptorAnnounced, conformanceRan],
})

/**
 * Hands over a descriptor. Without one the person here tells their community what this node runs (PRO-8).
 * `stored` is false where a newer one of the same node and implementation was known.
 */
export const registryAnnounce = defineCapability({
  name: 'protocol.registry.announce',
  stability: 'stable',
  trust: 'unknown',
  idempotent: true,
  errors: ['protocol_descriptor_invalid'],
  // read by hand, so that what is wrong with it has the code that says so
  input: Strict({ descriptor: Type.Optional(Type.Unsafe<JsonObject>(Type.Object({}))) }),
  output: Strict({ stored: Type.Boolean(), negotiated: Type.Union([Type.String(), Type.Null()]) }),
})
