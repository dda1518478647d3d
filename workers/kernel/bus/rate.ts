import { BUS_RATE_PER_CAPABILITY, BUS_RATE_PER_PEER } from '#protocol/core/bus.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { createBoundedMap } from './bounded-map.ts'

const SECOND_MS = 1000
const MAX_PEERS = 512

/** At most so many in any span of time, exactly: a ring of the times of the last ones. */
export interface Window {
  /** Milliseconds until there is room; 0 when there is. */
  wait(now: number): number
  take(now: number): void
}

export function createWindow(limit: number, spanMs = SECOND_MS): Window {
  const times = new Float64Array(limit).fill(Number.NEGATIVE_INFINITY)
  let oldest = 0
  return {
    wait: (now) => Math.max(0, Math.ceil((times[oldest] ?? 0) + spanMs - now)),
    take(now) {
      times[oldest] = now
      oldest = (oldest + 1) % limit
    },
  }
}

interface Limit {
  /** Calls that were let through. */
  readonly soft: Window
  /** Calls that arrived, served or not. */
  readonly hard: Window
}

const createLimit = (rate: { readonly soft: number; readonly hard: number }): Limit => ({
  soft: createWindow(rate.soft),
  hard: createWindow(rate.hard),
})

interface PeerRates {
  readonly all: Limit
  readonly byCapability: Map<string, Limit>
  reportedAt: number
}

export interface RateLimiter {
  /** Counts a link that a peer opened. @returns false when the peer is over its hard limit */
  linkArrived(peer: NodeId): boolean
  /** Counts a request for a capability. @param capability must come from a bounded set. @returns as `linkArrived` */
  requestArrived(peer: NodeId, capability: string): boolean
  /** Takes one call out of the soft limits. @throws HearthError `rate_limited` with the time to wait */
  admit(peer: NodeId, capability: string): void
}

/**
 * BUS-6. The hard limits count all that arrives, so that refusals cannot be had for free; the soft limits count what was
 * let through, so that a caller who waits as told is served.
 * @param onAbuse hears of a peer over a hard limit at most once a second
 */
export function createRateLimiter(monotonic: () => number, onAbuse: (peer: NodeId) => void): RateLimiter {
  const peers = createBoundedMap<NodeId, PeerRates>(MAX_PEERS)

  const ratesOf = (peer: NodeId): PeerRates =>
    peers.getOrMake(peer, () => ({
      all: createLimit(BUS_RATE_PER_PEER),
      byCapability: new Map(),
      reportedAt: Number.NEGATIVE_INFINITY,
    }))

  function limitOf(rates: PeerRates, capability: string): Limit {
    const known = rates.byCapability.get(capability)
    if (known) return known
    const made = createLimit(BUS_RATE_PER_CAPABILITY)
    rates.byCapability.set(capability, made)
    return made
  }

  function arrived(peer: NodeId, rates: PeerRates, window: Window): boolean {
    const now = monotonic()
    if (window.wait(now) === 0) {
      window.take(now)
      return true
    }
    if (now - rates.reportedAt >= SECOND_MS) {
      rates.reportedAt = now
      onAbuse(peer)
    }
    return false
  }

  return {
    linkArrived(peer) {
      const rates = ratesOf(peer)
      return arrived(peer, rates, rates.all.hard)
    },
    requestArrived(peer, capability) {
      const rates = ratesOf(peer)
      return arrived(peer, rates, limitOf(rates, capability).hard)
    },
    admit(peer, capability) {
      const now = monotonic()
      const rates = ratesOf(peer)
      const windows = [rates.all.soft, limitOf(rates, capability).soft]
      const wait = Math.max(...windows.map((window) => window.wait(now)))
      if (wait > 0) throw new HearthError('rate_limited', 'too many calls', { retryAfterMs: wait })
      for (const window of windows) window.take(now)
    },
  }
}
