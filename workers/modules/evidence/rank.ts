import { compareReplay } from '#protocol/core/event.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { groundRank, levelOf } from './claim.ts'
import type { Opinions } from './lists.ts'
import type { Found } from './query.ts'

/** How strong claims are: by level, then trust (EVI-6). */
export interface Rank {
  strength(found: Found): number
  /** Strongest first, of equals the newest. */
  sorted(found: readonly Found[]): readonly Found[]
}

const forOpinion = (opinions: Opinions, nodeId: NodeId): number => {
  const opinion = opinions.of(nodeId)
  return opinion === 'allowed' ? 1 : opinion === 'blocked' ? -1 : 0
}

/**
 * What is taken back comes last and what is disputed before it, in plain sight all the same. The person's own lists move
 * a claim within its level and never out of it (EVI-4).
 */
function strengthOf({ row, space }: Found, opinions: Opinions): number {
  const level = row.retracted ? -2 : levelOf(row, space.score) === 'disputed' ? -1 : groundRank(row.ground)
  // trust is in [0,1] and an opinion moves it by one: four between levels keeps them apart
  return level * 4 + space.score(row.author) + forOpinion(opinions, row.author)
}

export function createRank(opinions: Opinions): Rank {
  const strength = (found: Found): number => strengthOf(found, opinions)
  return {
    strength,
    sorted: (found) =>
      found
        .map((item) => ({ item, value: strength(item) }))
        .sort((a, b) => b.value - a.value || compareReplay(b.item.row, a.item.row))
        .map(({ item }) => item),
  }
}
