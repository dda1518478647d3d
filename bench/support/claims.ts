import '../../workers/testing/node-20.ts'
import type { SignedEvent } from '#protocol/core/event.ts'
import type { CommunityId } from '#protocol/core/ids.ts'
import { createHistory } from '../../workers/testing/history.ts'

/** Key of the community's root, and so of the two browsers that reconcile: the root and its first newcomer. */
export const ROOT_SEED = 7
export const NEWCOMER_SEED = ROOT_SEED * 1000 + 1

/** A community with two members and its claims, as they travel. */
export interface ClaimLog {
  readonly community: CommunityId
  /** Founding, invite and joining. */
  readonly people: readonly SignedEvent[]
  /** Half by either member, each signed twice as on the wire: the claim, and the event around it. */
  readonly claims: readonly SignedEvent[]
}

/** Writes and signs them by WebCrypto. */
export async function signClaims(count: number): Promise<ClaimLog> {
  const history = await createHistory(ROOT_SEED)
  const { author, events } = await history.newcomer()
  const claims: SignedEvent[] = []
  for (let n = 0; n < count; n++) {
    claims.push(await (n % 2 === 0 ? history.root : author).claim(`Brunnen ${n % 1000} an der Straße ${n}`))
  }
  return { community: history.root.signer.nodeId, people: [history.founding, ...events], claims }
}
