import { decodeInvite, inviteGrant } from '#protocol/core/community.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { checkGrant, openToken } from '#protocol/core/token.ts'
import type { Proofs } from '../proof.ts'

interface Use {
  readonly token: string
  readonly capability: string
  readonly subject: NodeId
  readonly audience: NodeId
  readonly now: string
}

export const proofs = {
  'token.open': async ({ token }: { token: string }) => ({ payload: await openToken(token) }),
  async 'token.check'({ token, capability, subject, audience, now }: Use) {
    checkGrant(await openToken(token), { capability, subject, audience, nowMs: Date.parse(now) })
    return {}
  },
  'invite.decode'({ text }: { text: string }) {
    const { v, token, inviter_name, lamport, relays } = decodeInvite(text)
    return { invite: { v, token, inviter_name, lamport, relays } }
  },
  async 'invite.grant'({ token }: { token: string }) {
    const { jti, communityId, inviter, communityName, level, uses, notBefore, expires } = inviteGrant(await openToken(token))
    return {
      jti,
      community_id: communityId,
      inviter,
      community_name: communityName,
      level,
      uses,
      not_before: notBefore,
      expires,
    }
  },
} satisfies Proofs
