import { CommunityNameSchema, inviteGrant, JOIN_SCOPE, PolicySchema } from '../core/community.ts'
import { HearthError } from '../core/errors.ts'
import { defineEvent } from '../core/module.ts'
import {
  ContentIdSchema,
  CountSchema,
  NameSchema,
  NodeIdSchema,
  OneOf,
  Strict,
  TimeSchema,
  UlidSchema,
} from '../core/schema.ts'
import { checkGrant, openToken } from '../core/token.ts'
import * as Type from '../core/type.ts'
import { FederationManifestSchema, readFederation, sidesFor } from '../protocol/federation.ts'
import { RelaysSchema } from '../protocol/federation-paper.ts'

/** First event of a log, by the root itself (COM-1). */
export const communityFounded = defineEvent(
  'community.root.founded',
  Strict({ name: CommunityNameSchema, founder_name: NameSchema, policy: PolicySchema }),
)

/**
 * An invite was made. Its token alone admits; this record lets the log tell, should the issuer be revoked, which of their
 * invites were known before.
 */
export const inviteIssued = defineEvent(
  'community.invite.issued',
  Strict({ jti: UlidSchema, uses: CountSchema, expires_at: TimeSchema }),
)

/**
 * Signed by whoever joins, with the invite token inside (COM-3). Whether the invite was still good is judged by the
 * event's own `wall_clock`, so that all nodes agree; the member at the door also asks its own clock.
 */
export const memberJoined = defineEvent(
  'community.member.joined',
  Strict({ invite: Type.String({ maxLength: 800 }), display_name: NameSchema }),
  {
    async verify({ invite }, event) {
      const token = await openToken(invite)
      inviteGrant(token)
      checkGrant(token, {
        capability: JOIN_SCOPE,
        subject: event.author,
        audience: event.community_id,
        nowMs: Date.parse(event.wall_clock),
      })
    },
  },
)

export const memberRenamed = defineEvent('community.member.renamed', Strict({ display_name: NameSchema }))

export const memberLeft = defineEvent('community.member.left', Strict({}))

/** By an anchor. Lowering a level takes signatures: `demotionSigned`. */
export const memberPromoted = defineEvent(
  'community.member.promoted',
  Strict({ subject: NodeIdSchema, level: OneOf(['trusted', 'anchor']) }),
)

/** One signature towards making `subject` a plain member again (COM-1 `min_signatures_to_demote`). */
export const demotionSigned = defineEvent(
  'community.demotion.signed',
  Strict({ demotion_id: UlidSchema, subject: NodeIdSchema }),
)

/** One signature towards a revocation; equal `revocation` records count together (COM-4). */
export const revocationSigned = defineEvent(
  'community.revocation.signed',
  Strict({
    revocation: Strict({
      revocation_id: UlidSchema,
      subject: NodeIdSchema,
      /** The subject's last events that the revokers hold; what they reach by `prev` stays. */
      last_valid: Type.Array(ContentIdSchema, { maxItems: 16 }),
      reason: Type.String({ maxLength: 280 }),
    }),
  }),
)

export const policyChanged = defineEvent('community.policy.changed', Strict({ policy: PolicySchema }))

/**
 * By the anchor who signed for this community: the agreement with another one, and boxes where that one is met (FDR-1). It takes
 * the place of an older one with the same community.
 */
export const federationAgreed = defineEvent(
  'community.federation.agreed',
  Strict({ manifest: FederationManifestSchema, relays: RelaysSchema }),
  {
    async verify({ manifest }, { community_id, author }) {
      const sides = sidesFor(await readFederation(manifest), community_id)
      if (sides?.ours.anchor !== author) {
        throw new HearthError('unauthorized', 'an agreement is kept by the anchor who signed for this community')
      }
    },
  },
)

/** By an anchor: the agreement of that id holds here no longer, and no second time (FDR-6). */
export const federationEnded = defineEvent('community.federation.ended', Strict({ manifest_id: UlidSchema }))
