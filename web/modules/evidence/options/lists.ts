import type { Output } from '#protocol/core/capability.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { listsGet } from '#protocol/evidence/desk-capabilities.ts'

export type Lists = Output<typeof listsGet>
export const RANKS = ['allowed', 'neutral', 'blocked'] as const
export type Rank = (typeof RANKS)[number]

export const rankOf = (lists: Lists, id: NodeId): Rank =>
  lists.allowed.includes(id) ? 'allowed' : lists.blocked.includes(id) ? 'blocked' : 'neutral'

/** The lists with one person moved; nobody stands on both. */
export function ranked({ allowed, blocked }: Lists, id: NodeId, rank: Rank): Lists {
  const others = (ids: readonly NodeId[]): NodeId[] => ids.filter((other) => other !== id)
  return {
    allowed: rank === 'allowed' ? [...others(allowed), id] : others(allowed),
    blocked: rank === 'blocked' ? [...others(blocked), id] : others(blocked),
  }
}
