import type { NodeId } from '#protocol/core/ids.ts'

/** A difference within this is the network's, or nobody's business. */
const NOTICED_MS = 120_000

/** Whose clock is off, as their calls say. Tablets without a network drift: the person is told, the call is served (BUS-3). */
export interface Clocks {
  /** @returns whether what a person would be told has changed. */
  heard(peer: NodeId, aheadMs: number): boolean
  /** Seconds ahead of ours, or null while nothing is worth telling. */
  aheadSeconds(peer: NodeId): number | null
}

export function createClocks(): Clocks {
  const ahead = new Map<NodeId, number>()
  return {
    heard(peer, aheadMs) {
      const before = ahead.has(peer)
      const off = Math.abs(aheadMs) > NOTICED_MS
      if (off) ahead.set(peer, Math.round(aheadMs / 1000))
      else ahead.delete(peer)
      return before !== off
    },
    aheadSeconds: (peer) => ahead.get(peer) ?? null,
  }
}
