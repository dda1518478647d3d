import { defineCapability } from '../core/capability.ts'
import { CommunityNameSchema } from '../core/community.ts'
import { CountSchema, NodeIdSchema, OneOf, Strict, TimeSchema, UlidSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { meshChanged } from '../node/events.ts'
import { FEDERATION_MAX_SECONDS, FederationGrantSchema, FederationGrantsSchema } from '../protocol/federation.ts'
import { FEDERATION_PAPER_MAX_CHARS, FEDERATION_STAGES } from '../protocol/federation-paper.ts'
import * as events from './events.ts'

const Nothing = Strict({})
const Paper = Type.String({
  minLength: 1,
  maxLength: FEDERATION_PAPER_MAX_CHARS,
  description: 'What anchors hand each other (FDR-1)',
})
const Other = Strict({ community_id: NodeIdSchema, name: CommunityNameSchema, anchor: NodeIdSchema })
const Version = Type.Union([Type.String(), Type.Null()])

/** Begins an agreement: what this community would grant another, as a text for its anchor (FDR-1). Only for an anchor. */
export const federationPropose = defineCapability({
  name: 'community.federation.propose',
  stability: 'experimental',
  trust: 'self',
  input: Strict({
    grants: FederationGrantsSchema,
    valid_seconds: Type.Integer({ minimum: 60, maximum: FEDERATION_MAX_SECONDS - 3600 }),
  }),
  output: Strict({ manifest_id: UlidSchema, text: Paper, expires_at: TimeSchema }),
})

/** Reads such a text without signing anything. `we_grant` is null where the answer is still to be given. */
export const federationInspect = defineCapability({
  name: 'community.federation.inspect',
  stability: 'experimental',
  trust: 'self',
  idempotent: true,
  input: Strict({ text: Paper }),
  output: Strict({
    stage: OneOf(FEDERATION_STAGES),
    manifest_id: UlidSchema,
    expires_at: TimeSchema,
    other: Other,
    they_grant: FederationGrantsSchema,
    we_grant: Type.Union([FederationGrantsSchema, Type.Null()]),
    /** The version the two would speak with each other, or null (FDR-2). */
    negotiated: Version,
  }),
})

/** Answers an offer: adds this community's side and signs. The text goes back to the other anchor. */
export const federationAccept = defineCapability({
  name: 'community.federation.accept',
  stability: 'experimental',
  trust: 'self',
  input: Strict({ text: Paper, grants: FederationGrantsSchema }),
  output: Strict({ text: Paper }),
})

/**
 * Takes an answer to one's own offer and signs it, or takes the agreement that both have signed; either way it is kept in the log,
 * and takes the place of an older one with the same community. The text is what the other side takes next.
 */
export const federationComplete = defineCapability({
  name: 'community.federation.complete',
  stability: 'experimental',
  trust: 'self',
  input: Strict({ text: Paper }),
  output: Strict({ manifest_id: UlidSchema, text: Paper }),
})

/** Ends an agreement, whatever the other side says (FDR-6). Only for an anchor. */
export const federationEnd = defineCapability({
  name: 'community.federation.end',
  stability: 'experimental',
  trust: 'self',
  input: Strict({ manifest_id: UlidSchema }),
  output: Nothing,
})

/** `lapsed`: the one who signed for this community is no anchor of it any more, so it holds no longer here. */
export const FEDERATION_STATES = ['in_force', 'not_begun', 'expired', 'lapsed', 'no_common_version'] as const

/** Communities this one has an agreement with. */
export const federationList = defineCapability({
  name: 'community.federation.list',
  stability: 'experimental',
  trust: 'self',
  idempotent: true,
  input: Nothing,
  output: Strict({
    partners: Type.Array(
      Strict({
        manifest_id: UlidSchema,
        other: Other,
        issued_at: TimeSchema,
        expires_at: TimeSchema,
        state: OneOf(FEDERATION_STATES),
        negotiated: Version,
        we_grant: FederationGrantsSchema,
        they_grant: FederationGrantsSchema,
        /** Devices of the other community that this one is connected with and may call. */
        connected: CountSchema,
      }),
    ),
  }),
  answersFrom: [
    events.federationAgreed,
    events.federationEnded,
    events.policyChanged,
    events.memberPromoted,
    events.demotionSigned,
    events.revocationSigned,
    meshChanged,
  ],
})

/**
 * Asks the anchor of an agreement for a pass: a short-lived token with which a member of its community makes one call at devices of
 * the other (FDR-4). Only members are given one, and only by that anchor's device.
 */
export const federationPass = defineCapability({
  name: 'community.federation.pass',
  stability: 'experimental',
  trust: 'member',
  idempotent: true,
  input: Strict({ manifest_id: UlidSchema, capability: FederationGrantSchema.properties.capability }),
  output: Strict({ pass: Type.String({ maxLength: 800 }), expires_at: TimeSchema }),
})
