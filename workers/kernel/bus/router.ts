import { BUS_QUARANTINE } from '#protocol/core/bus.ts'
import type { Capability } from '#protocol/core/capability.ts'
import { type ErrorCode, HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { Runtime } from '../runtime.ts'
import { createBoundedMap } from './bounded-map.ts'
import type { BusDeps } from './bus.ts'
import { NonsenseAnswer } from './client.ts'

const MAX_PROVIDERS = 512
const MAX_SESSIONS = 1024
/** Fewer outcomes than this say nothing yet about a provider. */
const MIN_OUTCOMES = 10
/** Assumed where no round trip was measured: slower than any neighbour, faster than giving up. */
const UNMEASURED_LATENCY_MS = 500

/** Failures of a provider rather than of a call: they lower its success rate, and another may do better. */
const PROVIDER_FAILURES: ReadonlySet<ErrorCode> = new Set(['partition', 'timeout', 'internal_error', 'capacity_exceeded'])
/** Nothing wrong with the provider, but it does not serve this now. */
const ELSEWHERE: ReadonlySet<ErrorCode> = new Set(['rate_limited', 'not_implemented', 'experimental_disabled'])

export const isProviderFailure = (thrown: unknown): boolean =>
  thrown instanceof NonsenseAnswer || (thrown instanceof HearthError && PROVIDER_FAILURES.has(thrown.code))

export const isWorthRetrying = (thrown: unknown): boolean =>
  isProviderFailure(thrown) || (thrown instanceof HearthError && ELSEWHERE.has(thrown.code))

/** What is known of one provider: its last outcomes and whether it rests. */
interface ProviderRecord {
  readonly outcomes: boolean[]
  next: number
  successes: number
  restsUntil: number | null
  probing: boolean
}

const emptyRecord = (): ProviderRecord => ({ outcomes: [], next: 0, successes: 0, restsUntil: null, probing: false })

export interface Router {
  /** The best provider that is not in `tried`, or null (BUS-5). */
  pick(capability: Capability, session: string | undefined, tried: ReadonlySet<NodeId>): NodeId | null
  /** Notes how a call to a provider went; null when nobody waited to see. */
  note(provider: NodeId, succeeded: boolean | null): void
}

/** Chooses by latency, load and success, rests those that fail, keeps sessions together (BUS-5). */
export function createRouter(runtime: Runtime, providers: BusDeps['providers']): Router {
  const records = createBoundedMap<NodeId, ProviderRecord>(MAX_PROVIDERS)
  const sessions = createBoundedMap<string, NodeId>(MAX_SESSIONS)

  const recordOf = (provider: NodeId): ProviderRecord => records.getOrMake(provider, emptyRecord)

  function isAvailable(provider: NodeId): boolean {
    const { restsUntil, probing } = recordOf(provider)
    return restsUntil === null || (runtime.monotonic() >= restsUntil && !probing)
  }

  /** A provider due for its probe is judged by its place alone, or its old failures would keep it from ever getting one. */
  function successRate(provider: NodeId): number {
    const { outcomes, successes, restsUntil } = recordOf(provider)
    if (restsUntil !== null) return 1
    return (successes + 1) / (outcomes.length + 1)
  }

  function rest(record: ProviderRecord): void {
    record.restsUntil = runtime.monotonic() + BUS_QUARANTINE.seconds * 1000
  }

  function remember(record: ProviderRecord, succeeded: boolean): void {
    if (record.outcomes[record.next]) record.successes--
    record.outcomes[record.next] = succeeded
    if (succeeded) record.successes++
    record.next = (record.next + 1) % BUS_QUARANTINE.calls
  }

  /** Expected milliseconds until an answer that counts: lower is better. */
  const cost = (latencyMs: number | null, load: number, success: number): number =>
    (((latencyMs ?? UNMEASURED_LATENCY_MS) + 1) * (1 + load)) / success

  return {
    pick(capability, session, tried) {
      const candidates = providers(capability).filter(({ nodeId }) => !tried.has(nodeId) && isAvailable(nodeId))
      const kept = session === undefined ? undefined : sessions.get(session)
      const ranked = candidates
        .map(({ nodeId, latencyMs, load }) => ({ nodeId, cost: cost(latencyMs, load, successRate(nodeId)) }))
        .sort((a, b) => a.cost - b.cost)
      const best = ranked.find(({ nodeId }) => nodeId === kept) ?? ranked[0]
      if (!best) return null
      const record = recordOf(best.nodeId)
      if (record.restsUntil !== null) record.probing = true
      if (session !== undefined) sessions.set(session, best.nodeId)
      return best.nodeId
    },
    note(provider, succeeded) {
      const record = recordOf(provider)
      const wasProbe = record.probing
      record.probing = false
      if (succeeded === null) return
      if (record.restsUntil !== null) {
        if (!succeeded) rest(record)
        else if (wasProbe) records.set(provider, emptyRecord())
        return
      }
      remember(record, succeeded)
      const known = record.outcomes.length
      if (known >= MIN_OUTCOMES && record.successes / known < BUS_QUARANTINE.below) rest(record)
    },
  }
}
