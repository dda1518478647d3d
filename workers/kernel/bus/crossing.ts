import { BUS_HTTP_CLOCK_SECONDS, type Request } from '#protocol/core/bus.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { CommunityId, NodeId } from '#protocol/core/ids.ts'
import { readToken, type TokenPayload } from '#protocol/core/token.ts'
import { federationVersion, grantOf, requireInForce, sidesFor } from '#protocol/protocol/federation.ts'
import type { Runtime } from '../runtime.ts'
import { createBoundedMap } from './bounded-map.ts'
import type { BusDeps } from './bus.ts'
import { checkConstraints, type Grants } from './grants.ts'
import { createWindow, type Window } from './rate.ts'

const MINUTE_MS = 60_000
/** Grants whose calls are counted at a time. */
const MAX_COUNTED = 1024

/** A call from another community that an agreement lets in. */
export interface Crossing {
  readonly community: CommunityId
  /** The anchor's token, where the caller is not that anchor. */
  readonly pass: TokenPayload | null
  /** Counts it for the whole community. @throws HearthError `rate_limited` */
  spend(): void
}

export interface Crossings {
  /**
   * Holds a signed request that names another community to what this one agreed on with it (FDR-2 to FDR-4).
   * @returns null for what is no call between communities: the other checks decide then, as for any stranger
   * @throws HearthError `unauthorized`, `expired`, `protocol_unsupported_capability`, and what a token is refused with
   */
  open(request: Request, peer: NodeId): Promise<Crossing | null>
}

function issuerOf(token: string): NodeId | null {
  try {
    return readToken(token).iss
  } catch {
    return null
  }
}

export function createCrossings(
  runtime: Runtime,
  deps: Pick<BusDeps, 'community' | 'agreementWith'>,
  grants: Pick<Grants, 'openPass'>,
): Crossings {
  const windows = createBoundedMap<string, Window>(MAX_COUNTED)

  /** What a connection does not prove may be a copy, shown to one node after the other: it has to be fresh (BUS-9). */
  function requireFresh({ from, timestamp }: Request, peer: NodeId): void {
    const apart = Math.abs(Date.parse(timestamp) - runtime.now())
    if (from !== peer && apart > BUS_HTTP_CLOCK_SECONDS * 1000) throw new HearthError('expired', 'an old request')
  }

  return {
    async open(request, peer) {
      const { from, community, capability, token, body, signature } = request
      const here = deps.community()
      if (signature === undefined || community === null || here === null || community === here) return null
      const manifest = deps.agreementWith?.(community)
      const sides = manifest && sidesFor(manifest, here)
      if (!manifest || !sides || sides.theirs.community_id !== community) return null
      const { anchor } = sides.theirs
      const isAnchor = from === anchor
      // a guest with a token of one of ours is let in by that
      if (!isAnchor && (token === undefined || issuerOf(token) !== anchor)) return null
      const use = { capability, subject: from, input: body.input }
      const pass = token === undefined || isAnchor ? null : await grants.openPass(token, anchor, use)
      requireFresh(request, peer)
      requireInForce(manifest, runtime.now())
      federationVersion(manifest)
      const grant = grantOf(manifest, here, community, capability)
      checkConstraints(grant.params_constraints, body.input)
      return {
        community,
        pass,
        spend() {
          const key = [manifest.manifest_id, capability].join(' ')
          const window = windows.getOrMake(key, () => createWindow(grant.calls_per_minute, MINUTE_MS))
          const now = runtime.monotonic()
          const wait = window.wait(now)
          if (wait > 0) throw new HearthError('rate_limited', 'that community calls too often', { retryAfterMs: wait })
          window.take(now)
        },
      }
    },
  }
}
