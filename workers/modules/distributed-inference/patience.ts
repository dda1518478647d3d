import { toHearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { delay, type Runtime } from '../../kernel/runtime.ts'
import { createTurn, type Turn } from '../../kernel/turn.ts'

/** Where a peer does not say how long. */
const USUAL_WAIT_MS = 1000

/** Asks a peer for something until it is not told any more that it asks too often. */
export type Patience = <T>(peer: NodeId, ask: () => Promise<T>, signal: AbortSignal) => Promise<T>

/**
 * Who goes on asking a peer that is busy is hung up on (BUS-6), and then that peer is gone for this device, with all it computes. So one
 * thing is asked of a peer at a time, and again no sooner than it says. @throws what `ask` throws otherwise; the reason of the signal
 */
export function createPatience(runtime: Runtime): Patience {
  const turns = new Map<NodeId, Turn>()

  function turnFor(peer: NodeId): Turn {
    const turn = turns.get(peer) ?? createTurn()
    turns.set(peer, turn)
    return turn
  }

  return (peer, ask, signal) =>
    turnFor(peer)(async () => {
      for (;;) {
        signal.throwIfAborted()
        try {
          return await ask()
        } catch (error) {
          const { code, retryAfterMs } = toHearthError(error)
          if (code !== 'rate_limited') throw error
          await delay(runtime, retryAfterMs ?? USUAL_WAIT_MS, signal)
        }
      }
    })
}
