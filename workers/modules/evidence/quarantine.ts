import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { type ClaimId, type NodeId, wireTime } from '#protocol/core/ids.ts'
import { ClaimIdSchema, Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import { EVIDENCE_MAX_KEPT } from '#protocol/evidence/constants.ts'
import {
  type Quarantined,
  QuarantinedSchema,
  quarantineAdmit,
  quarantineList,
  quarantineReject,
} from '#protocol/evidence/desk-capabilities.ts'
import { type Claim, checkClaim, claimAsserted, quarantineChanged } from '#protocol/evidence/events.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import type { Library } from './reading.ts'

const WardSchema = Strict({
  /** Newest first. */
  items: Type.Array(QuarantinedSchema),
  /** Turned away, newest first: they do not come back with the next sync. */
  rejected: Type.Array(ClaimIdSchema),
})

export interface Arrival {
  readonly claim_id: ClaimId
  readonly claim: Claim
}

export type Reception = 'kept' | 'known' | 'refused'

/** Claims from outside that nobody here has accepted. Nothing is ever overwritten. */
export interface Quarantine {
  /**
   * Takes claims in after checking id and signature of each.
   * @param from who must have asserted them; null for whoever the record says (a file)
   */
  receive(arrivals: readonly Arrival[], from: NodeId | null, via: string): Promise<Record<Reception, number>>
  /** Admits all that waits from a hub, by this person's policy. */
  admitFrom(hub: NodeId, via: string): Promise<void>
  size(): number
}

type Deps = Pick<ModuleDeps, 'bus' | 'runtime' | 'shelf' | 'notify' | 'log' | 'publish'> & { readonly library: Library }

export async function serveQuarantine({
  bus,
  runtime,
  shelf,
  notify,
  log,
  publish,
  library,
}: Deps): Promise<{ readonly quarantine: Quarantine; readonly withdraw: (() => void)[] }> {
  const drawer = await shelf.open('evidence.quarantine', WardSchema, { items: [], rejected: [] })

  async function keep(items: readonly Quarantined[], rejected: readonly ClaimId[]): Promise<void> {
    await drawer.set({ items: items.slice(0, EVIDENCE_MAX_KEPT), rejected: rejected.slice(0, EVIDENCE_MAX_KEPT) })
    notify(quarantineChanged)
  }

  async function judge({ claim_id, claim }: Arrival, from: NodeId | null): Promise<Reception> {
    const { items, rejected } = drawer.get()
    if (rejected.includes(claim_id) || library.find(claim_id)) return 'known'
    if (items.some((item) => item.claim_id === claim_id)) return 'known'
    if (from !== null && claim.asserted_by !== from) return 'refused'
    try {
      await checkClaim(claim_id, claim)
      return 'kept'
    } catch (error) {
      if (toHearthError(error).code === 'internal_error') throw error
      return 'refused'
    }
  }

  function need(claimId: ClaimId): Quarantined {
    const item = drawer.get().items.find(({ claim_id }) => claim_id === claimId)
    if (!item) throw new HearthError('claim_not_found', 'no claim of that id in quarantine')
    return item
  }

  const without = (ids: readonly ClaimId[]): readonly Quarantined[] =>
    drawer.get().items.filter(({ claim_id }) => !ids.includes(claim_id))

  /** Into the log for everyone, asserted by whoever signed it, admitted by this person. */
  async function admit(chosen: readonly Quarantined[]): Promise<number> {
    let admitted = 0
    for (const { claim_id, claim } of chosen) {
      if (!library.find(claim_id)) {
        const event = await log.append(claimAsserted, { claim_id, claim, admitted: { hub: claim.asserted_by } })
        publish(event)
        admitted++
      }
      await keep(without([claim_id]), drawer.get().rejected)
    }
    return admitted
  }

  return {
    quarantine: {
      async admitFrom(hub, via) {
        await admit(drawer.get().items.filter((item) => item.from === hub && item.via === via))
      },
      async receive(arrivals, from, via) {
        const counts = { kept: 0, known: 0, refused: 0 }
        const fresh = new Map<ClaimId, Quarantined>()
        for (const { claim_id, claim } of arrivals) {
          const verdict = fresh.has(claim_id) ? 'known' : await judge({ claim_id, claim }, from)
          counts[verdict]++
          if (verdict !== 'kept') continue
          fresh.set(claim_id, { claim_id, claim, from: claim.asserted_by, via, received_at: wireTime(runtime.now()) })
        }
        const { items, rejected } = drawer.get()
        if (fresh.size > 0) await keep([...fresh.values(), ...items], rejected)
        return counts
      },
      size: () => drawer.get().items.length,
    },

    withdraw: [
      bus.handle(quarantineList, async ({ subject, limit, after }) => {
        const all = drawer.get().items.filter(({ claim }) => subject === undefined || claim.subject === subject)
        const start = after === undefined ? 0 : all.findIndex(({ claim_id }) => claim_id === after) + 1
        const items = all.slice(start, start + limit)
        const more = start + items.length < all.length
        return { items, total: all.length, next: more ? (items.at(-1)?.claim_id ?? null) : null }
      }),

      bus.handle(quarantineAdmit, async ({ claim_ids }) => {
        return { admitted: await admit([...new Set(claim_ids)].map(need)) }
      }),

      bus.handle(quarantineReject, async ({ claim_ids }) => {
        const chosen = [...new Set(claim_ids)].map(need)
        const ids = chosen.map(({ claim_id }) => claim_id)
        await keep(without(ids), [...ids, ...drawer.get().rejected])
        return { rejected: ids.length }
      }),
    ],
  }
}
