// protocol/core/bus.md, BUS-3 (request ids) and BUS-6; protocol/core/tokens.md, TOK-4
import { Refusal } from './encoding.mjs'

const SECOND = 1000
const MINUTE = 60_000
const REMEMBERED = 1024

/** How often something happened in the last `span` milliseconds. */
function createWindow(limit, span) {
  let times = []
  return {
    waitFor(now) {
      times = times.filter((at) => now - at < span)
      return times.length < limit ? 0 : span - (now - times[0])
    },
    take: (now) => times.push(now),
  }
}

export function createLimits() {
  const windows = new Map()
  const seen = new Map()
  const used = new Map()

  function windowOf(key, limit, span = SECOND) {
    if (!windows.has(key)) windows.set(key, createWindow(limit, span))
    return windows.get(key)
  }

  return {
    /** @returns false when nobody is to answer any more */
    arrived(peer, capability) {
      const now = performance.now()
      const hard = [windowOf(`hard ${peer}`, 1000), windowOf(`hard ${peer} ${capability}`, 100)]
      if (hard.some((window) => window.waitFor(now) > 0)) return false
      for (const window of hard) window.take(now)
      return true
    },
    requireFirst(peer, requestId) {
      const own = seen.get(peer) ?? new Set()
      seen.set(peer, own)
      if (own.has(requestId)) throw new Refusal('bad_request', 'request_id was seen before')
      own.add(requestId)
      if (own.size > REMEMBERED) own.delete(own.values().next().value)
    },
    admit(peer, capability) {
      const now = performance.now()
      const soft = [windowOf(`soft ${peer}`, 100), windowOf(`soft ${peer} ${capability}`, 10)]
      const wait = Math.max(...soft.map((window) => window.waitFor(now)))
      if (wait > 0) throw new Refusal('rate_limited', 'too many calls', { retry_after_ms: Math.ceil(wait) })
      for (const window of soft) window.take(now)
    },
    spend({ jti, scope }) {
      const total = used.get(jti) ?? 0
      if (scope.max_calls_total !== undefined && total >= scope.max_calls_total) throw new Refusal('expired', 'used up')
      const now = performance.now()
      const perMinute = windowOf(`token ${jti}`, scope.rate_limit_per_minute ?? Number.POSITIVE_INFINITY, MINUTE)
      const wait = perMinute.waitFor(now)
      if (wait > 0) throw new Refusal('rate_limited', 'too many calls', { retry_after_ms: Math.ceil(wait) })
      perMinute.take(now)
      used.set(jti, total + 1)
    },
  }
}
