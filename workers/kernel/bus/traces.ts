import { BUS_TRACE_RING } from '#protocol/core/bus.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { Runtime } from '../runtime.ts'
import type { Trace } from './bus.ts'

export interface Traces {
  /** Starts the clock of one call. @returns what ends it, with what it failed with if it did */
  begin(call: Pick<Trace, 'capability' | 'provider' | 'caller'>): (failure?: unknown) => void
  newest(limit: number): readonly Trace[]
}

/** A caller that gave up leaves its own reason behind, which is no code. */
function outcomeOf(failure: unknown): Trace['outcome'] {
  if (failure === undefined || failure === null) return 'ok'
  return failure instanceof HearthError ? failure.code : 'timeout'
}

/** The last calls, oldest overwritten first (BUS-5). */
export function createTraces(runtime: Runtime, size = BUS_TRACE_RING): Traces {
  const ring: Trace[] = []
  let next = 0
  return {
    begin(call) {
      const at = runtime.now()
      const started = runtime.monotonic()
      return (failure) => {
        ring[next] = { ...call, at, ms: runtime.monotonic() - started, outcome: outcomeOf(failure) }
        next = (next + 1) % size
      }
    },
    newest(limit) {
      const inOrder = [...ring.slice(next), ...ring.slice(0, next)]
      return inOrder.slice(Math.max(0, inOrder.length - limit)).reverse()
    },
  }
}
