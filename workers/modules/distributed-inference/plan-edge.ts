import type { Offer } from './plan.ts'

/** More than there are layers. */
export const RANGES = 8192

/** An offer with what it would cost in a pipeline. */
export interface Edge {
  readonly offer: Offer
  readonly from: number
  /** The layer after its last one. */
  readonly end: number
  readonly computeMs: number
  readonly hopMs: number
  readonly measured: boolean
  readonly room: number
  readonly key: string
}

export const costOf = ({ computeMs, hopMs }: Edge): number => computeMs + hopMs
export const keyOf = ({ nodeId, shard }: Offer): string => `${nodeId ?? ''} ${shard.shard_id}`
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Cheapest first; of equals the one with more room, then by name: whoever plans from the same offers gets the same plan. */
export const byCost = (a: Edge, b: Edge): number => costOf(a) - costOf(b) || b.room - a.room || compare(a.key, b.key)
