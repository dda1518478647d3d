import { compareReplay } from '#protocol/core/event.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { groundRank, levelOf } from './claim.ts'
import type { Opinions } from './lists.ts'
import type { Found } from './query.ts'
import type { Space } from './space.ts'
import type { ClaimRow } from './store.ts'
import type { Score } from './trust.ts'

/** How strong claims are: by level, then trust (EVI-6). */
export interface Rank {
  /** Strength of the rows of one space, as it is now: whoever says much is looked up once. */
  within(space: Space): (row: ClaimRow) => number
  /** Strongest first, of equals the newest. */
  sorted(found: readonly Found[]): readonly Found[]
}

const forOpinion = (opinions: Opinions, nodeId: NodeId): number => {
  const opinion = opinions.of(nodeId)
  return opinion === 'allowed' ? 1 : opinion === 'blocked' ? -1 : 0
}

/** What is taken back comes last and what is disputed before it, in plain sight all the same. */
function standOf(row: ClaimRow, score: Score): number {
  if (row.retracted) return -2
  return row.disputes.length > 0 && levelOf(row, score) === 'disputed' ? -1 : groundRank(row.ground)
}

export function createRank(opinions: Opinions): Rank {
  function within({ score }: Space): (row: ClaimRow) => number {
    const authors = new Map<NodeId, number>()
    return (row) => {
      let author = authors.get(row.author)
      if (author === undefined) {
        // the person's own lists move a claim within its level and never out of it (EVI-4)
        author = score(row.author) + forOpinion(opinions, row.author)
        authors.set(row.author, author)
      }
      // trust is in [0,1] and an opinion moves it by one: four between levels keeps them apart
      return standOf(row, score) * 4 + author
    }
  }
  return {
    within,
    sorted(found) {
      const strengths = new Map<Space, (row: ClaimRow) => number>()
      for (const { space } of found) if (!strengths.has(space)) strengths.set(space, within(space))
      return found
        .map((item) => ({ item, value: strengths.get(item.space)?.(item.row) ?? 0 }))
        .sort((a, b) => b.value - a.value || compareReplay(b.item.row, a.item.row))
        .map(({ item }) => item)
    },
  }
}
