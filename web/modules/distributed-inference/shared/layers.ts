import type { Layers } from '#protocol/distributed-inference/schemas.ts'

/** Layers as people count them, from 1; on the wire they count from 0, both ends included. */
export const shownLayers = ({ from, to }: Layers): readonly [first: number, last: number] => [from + 1, to + 1]

/** Runs of layers without gaps or overlaps, from the lowest up. */
export function merged(runs: readonly Layers[]): readonly Layers[] {
  const out: Layers[] = []
  for (const { from, to } of [...runs].sort((a, b) => a.from - b.from)) {
    const last = out.at(-1)
    if (last && from <= last.to + 1) out[out.length - 1] = { from: last.from, to: Math.max(last.to, to) }
    else out.push({ from, to })
  }
  return out
}

/** Layers of a model of `count` that none of `runs` has. */
export function missing(runs: readonly Layers[], count: number): readonly Layers[] {
  const out: Layers[] = []
  let next = 0
  for (const { from, to } of merged(runs)) {
    if (from > next) out.push({ from: next, to: from - 1 })
    next = Math.max(next, to + 1)
  }
  if (next < count) out.push({ from: next, to: count - 1 })
  return out
}

/** How many layers `runs` have, each once. */
export const heldCount = (runs: readonly Layers[]): number => merged(runs).reduce((sum, { from, to }) => sum + to - from + 1, 0)
