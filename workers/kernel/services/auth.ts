import { tokenIssue, tokenRevoke } from '#protocol/auth/capabilities.ts'
import { tokenRevoked } from '#protocol/auth/events.ts'
import { CLOCK_SKEW_SECONDS } from '#protocol/core/clock.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { wireTime } from '#protocol/core/ids.ts'
import { issueToken } from '#protocol/core/token.ts'
import type { Bus } from '../bus/bus.ts'
import type { CommunityHolder, OpenCommunity } from '../community/holder.ts'
import type { IdentityKeeper } from '../identity.ts'
import type { Network } from '../network.ts'
import type { Runtime } from '../runtime.ts'

export interface AuthServiceDeps {
  readonly runtime: Runtime
  readonly bus: Bus
  readonly identity: IdentityKeeper
  readonly community: CommunityHolder
  readonly net: () => { readonly network: Network } | null
}

/** `auth.token.*` (section 7). */
export function serveAuth({ runtime, bus, identity, community, net }: AuthServiceDeps): void {
  function here(): OpenCommunity {
    const open = community.current()
    if (!open) throw new HearthError('not_found', 'this device is in no community')
    return open
  }

  bus.handle(tokenIssue, async ({ subject, scope, valid_seconds }) => {
    const own = identity.current()
    const { log } = here()
    const longest = log.state()?.policy.capability_token_ttl_seconds ?? 0
    if (!own || valid_seconds > longest) {
      throw new HearthError('bad_request', `a token lives at most ${longest} seconds here`, {
        data: { field: '/valid_seconds' },
      })
    }
    const now = Math.floor(runtime.now() / 1000)
    const jti = runtime.ulid()
    const exp = now + valid_seconds
    const token = await issueToken(own, {
      iss: own.nodeId,
      sub: subject,
      aud: log.communityId,
      iat: now,
      nbf: now - CLOCK_SKEW_SECONDS,
      exp,
      jti,
      scope,
      issued_via: 'person',
    })
    return { token, jti, expires_at: wireTime(exp * 1000) }
  })

  bus.handle(tokenRevoke, async ({ jti }) => {
    const event = await here().log.append(tokenRevoked, { jti })
    net()?.network.publish(event)
    return {}
  })
}
