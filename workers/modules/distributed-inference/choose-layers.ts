import type { Layers } from '#protocol/distributed-inference/schemas.ts'

export interface Choice {
  readonly modelLayers: number
  /** Runs of layers whose bytes are here, up to and without `end`. */
  readonly held: readonly { readonly first: number; readonly end: number }[]
  /** Layers that fit into memory. */
  readonly most: number
  /** What is offered already, here and elsewhere; the same range once for each who offers it. */
  readonly taken: readonly Layers[]
}

/** Of what a layer is worth, for each who offers it already. */
const LESS_FOR_EACH = 0.25
/** Of what a range is worth, for each end at which nobody else's begins or ends. */
const LESS_FOR_LOOSE_END = 0.5

/**
 * Which layers a device should offer: those that the fewest others offer, as many as fit, and rather such that others' ranges
 * begin where they end, since a pipeline only joins what meets exactly. Equally good ones: the lowest, the longest.
 * @returns null where not one layer fits or is here
 */
export function chooseLayers({ modelLayers, held, most, taken }: Choice): Layers | null {
  const boundaries = new Set([0, modelLayers, ...taken.flatMap(({ from, to }) => [from, to + 1])])
  const worth = Array.from({ length: modelLayers }, (_, layer) => {
    const holders = taken.filter(({ from, to }) => from <= layer && layer <= to).length
    return LESS_FOR_EACH ** holders
  })
  let best: Layers | null = null
  let highest = 0
  for (const { first, end } of held) {
    for (let from = first; from < end; from++) {
      let sum = 0
      let crossed = 0
      for (let to = from; to < Math.min(end, from + most); to++) {
        sum += worth[to] ?? 0
        if (to > from && boundaries.has(to)) crossed += 1
        const loose = Number(!boundaries.has(from)) + Number(!boundaries.has(to + 1))
        // who spans several ranges of others can take over from none of them
        const value = (sum * LESS_FOR_LOOSE_END ** loose) / (1 + 2 * crossed)
        if (value > highest * (1 + Number.EPSILON * modelLayers)) {
          highest = value
          best = { from, to }
        }
      }
    }
  }
  return best
}
