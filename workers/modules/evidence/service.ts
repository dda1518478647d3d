import { HearthError } from '#protocol/core/errors.ts'
import { wireTime } from '#protocol/core/ids.ts'
import type { EventData } from '#protocol/core/module.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { claimAssert, claimGet, claimQuery } from '#protocol/evidence/capabilities.ts'
import { claimIdOf } from '#protocol/evidence/claim-id.ts'
import { claimAsserted } from '#protocol/evidence/events.ts'
import type { ModuleDeps, StopModule } from '../../kernel/modules.ts'
import { isStale, levelOf } from './claim.ts'
import { queryClaims } from './query.ts'
import { type ClaimRow, claimsView } from './store.ts'

type Deps = Pick<ModuleDeps, 'bus' | 'runtime' | 'signer' | 'log' | 'views' | 'members' | 'publish'>

/** `experimental.evidence.claim.{assert,get,query}` (M30, EVI-1, EVI-2). */
export async function serveEvidence(deps: Deps): Promise<StopModule> {
  const { bus, runtime, signer, log, views, members, publish } = deps
  const claims = await views.open(claimsView)

  async function records(rows: readonly ClaimRow[]) {
    const events = await log.read(rows.map(({ cid }) => cid))
    return events.map(({ cid, event }) => {
      // checked against the type's schema before it was stored
      const { claim_id, claim } = event.data as EventData<typeof claimAsserted>
      const member = members.get(event.author)
      return {
        claim_id,
        claim,
        content_id: cid,
        level: levelOf(claim),
        stale: isStale(claim, runtime.now()),
        author: {
          node_id: event.author,
          display_name: member?.displayName ?? '',
          level: member?.level ?? ('member' as const),
          status: member?.status ?? ('left' as const),
        },
      }
    })
  }

  const withdraw = [
    bus.handle(claimAssert, async (input) => {
      const claim = await signRecord(signer, {
        ...input,
        asserted_by: signer.nodeId,
        asserted_at: wireTime(runtime.now()),
      })
      const claim_id = claimIdOf(claim)
      const event = await log.append(claimAsserted, { claim_id, claim })
      publish(event)
      return { claim_id, content_id: event.cid }
    }),

    bus.handle(claimGet, async ({ claim_id }) => {
      const row = claims.get(claim_id)
      const [record] = row ? await records([row]) : []
      if (!record) throw new HearthError('claim_not_found', 'no claim of that id is known here')
      return record
    }),

    bus.handle(claimQuery, async (query) => {
      const { rows, total, next } = queryClaims(claims, query)
      return { claims: await records(rows), total, next }
    }),
  ]

  return () => {
    for (const stop of withdraw) stop()
    views.close(claimsView.id)
  }
}
