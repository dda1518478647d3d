import { TENSOR_KEEPALIVE_SECONDS, TENSOR_MAX_SESSION_LIFETIME_SECONDS } from '#protocol/tensor-transport/constants.ts'
import { TENSOR_NONCE_BYTES } from '#protocol/tensor-transport/wire.ts'
import type { Runtime } from '../../kernel/runtime.ts'

const QUIET_MS = TENSOR_KEEPALIVE_SECONDS * 1000

export interface LifelineEvents {
  ping(nonce: Uint8Array): void
  /** No PONG came. */
  lost(): void
  /** The hour is over. */
  expired(): void
}

/** Watches over a session's quiet and its age (TEN-9). */
export interface Lifeline {
  /** Something came. */
  heard(): void
  /** @returns whether it answers our last PING */
  pong(nonce: Uint8Array): boolean
  stop(): void
}

export function createLifeline(runtime: Runtime, { ping, lost, expired }: LifelineEvents): Lifeline {
  let heardAt = runtime.monotonic()
  let asked: Uint8Array | null = null
  let cancel = runtime.after(QUIET_MS, check)
  const cancelAge = runtime.after(TENSOR_MAX_SESSION_LIFETIME_SECONDS * 1000, expired)

  // one timer that looks back, instead of one that every frame sets anew
  function check(): void {
    const quiet = runtime.monotonic() - heardAt
    if (quiet < QUIET_MS) {
      cancel = runtime.after(QUIET_MS - quiet, check)
      return
    }
    asked = runtime.randomBytes(TENSOR_NONCE_BYTES)
    cancel = runtime.after(2 * QUIET_MS, lost)
    ping(asked)
  }

  return {
    heard() {
      heardAt = runtime.monotonic()
    },
    pong(nonce) {
      if (!asked?.every((byte, at) => byte === nonce[at])) return false
      asked = null
      cancel()
      cancel = runtime.after(QUIET_MS, check)
      return true
    },
    stop() {
      cancel()
      cancelAge()
    },
  }
}
