import { fromBase64Url } from '#protocol/core/encoding.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { EventData } from '#protocol/core/module.ts'
import { type Anchor, chainSeconds, saltOf } from '#protocol/lora/chain.ts'
import { chainAnchored } from '#protocol/lora/events.ts'
import { senderHashOf } from '#protocol/lora/frame.ts'
import { defineView, type View } from '../../kernel/views.ts'

type Anchored = EventData<typeof chainAnchored>

/** A member's chains, the last anchored first. */
interface AnchorsRow {
  readonly nodeId: NodeId
  readonly chains: readonly Anchored[]
}

/** Of one member count this many chains: the one in use, its successor, and what they replaced. */
const CHAINS_PER_MEMBER = 4

export const anchorsView = defineView<Anchored, AnchorsRow>({
  id: 'lora.anchors',
  version: 2,
  events: [chainAnchored],
  // the type's own check ran when the event was stored
  map: ({ event }) => [{ entity: event.author, item: event.data as Anchored }],
  fold: (entity, parts) => ({
    // `map` gave the author as entity
    nodeId: entity as NodeId,
    chains: parts
      .slice(-CHAINS_PER_MEMBER)
      .reverse()
      .map(({ item }) => item),
  }),
  indexes: { hash: ({ nodeId }) => [senderHashOf(nodeId)] },
})

/** Whose frames can be proven here. */
export interface Anchors {
  /** Of everyone with that hash, the chain that is good for this time: of several the one anchored last (LOR-8). */
  covering(senderHash: string, unixSeconds: number): readonly Anchor[]
  has(senderHash: string): boolean
}

const covers = (startsAt: number, unixSeconds: number): boolean =>
  startsAt <= unixSeconds && unixSeconds < startsAt + chainSeconds

/** The chain a sender of these chains uses at that time, the last anchored first. */
export const chainAt = <C extends { readonly startsAt: number }>(chains: readonly C[], unixSeconds: number): C | null =>
  chains.find(({ startsAt }) => covers(startsAt, unixSeconds)) ?? null

/** @param isMember chains of whoever is no active member prove nothing (COM-4) */
export function createAnchors(view: View<AnchorsRow>, isMember: (nodeId: NodeId) => boolean): Anchors {
  // 8 KB of text each; what is no longer in the view goes with it
  const decoded = new WeakMap<Anchored, Anchor>()

  function decode(nodeId: NodeId, anchored: Anchored): Anchor {
    const known = decoded.get(anchored)
    if (known) return known
    const { starts_at, keys, panics } = anchored
    const anchor: Anchor = {
      nodeId,
      startsAt: starts_at,
      salt: saltOf(nodeId, starts_at),
      commitments: { key: fromBase64Url(keys), panic: fromBase64Url(panics) },
    }
    decoded.set(anchored, anchor)
    return anchor
  }

  const rowsOf = (senderHash: string) => view.equal('hash', senderHash).filter(({ nodeId }) => isMember(nodeId))

  return {
    has: (senderHash) => rowsOf(senderHash).length > 0,
    covering: (senderHash, unixSeconds) =>
      rowsOf(senderHash).flatMap(({ nodeId, chains }) => {
        const chain = chains.find(({ starts_at }) => covers(starts_at, unixSeconds))
        return chain ? [decode(nodeId, chain)] : []
      }),
  }
}
