import { toHearthError } from '#protocol/core/errors.ts'
import type { Runtime } from '../../../kernel/runtime.ts'
import type { KeptRequest } from './cosign.ts'

/** How often what could not be handed over is tried again: a peer that comes back is not announced to modules. */
const RETRY_MS = 15_000

export interface PostDeps {
  readonly runtime: Runtime
  /** What still has to reach somebody. */
  readonly waiting: () => readonly KeptRequest[]
  /** @throws HearthError where it did not arrive, or was not taken */
  readonly send: (one: KeptRequest) => Promise<void>
  readonly delivered: (one: KeptRequest) => Promise<void>
}

export interface Post {
  /** Tries now, and goes on later by itself. @returns whether it arrived */
  hand(one: KeptRequest): Promise<boolean>
  readonly stop: () => void
}

/** Carries requests and answers to devices that come and go. */
export function createPost({ runtime, waiting, send, delivered }: PostDeps): Post {
  let cancel: (() => void) | null = null
  let stopped = false

  async function hand(one: KeptRequest): Promise<boolean> {
    try {
      await send(one)
    } catch (error) {
      // away, switched off, or it knows no such request: a bug is loud, the rest comes again
      if (toHearthError(error).code === 'internal_error') reportError(error)
      plan()
      return false
    }
    await delivered(one)
    return true
  }

  async function round(): Promise<void> {
    cancel = null
    await Promise.all(waiting().map(hand))
    plan()
  }

  function plan(): void {
    if (stopped || cancel || waiting().length === 0) return
    cancel = runtime.after(RETRY_MS, () => void round().catch(reportError))
  }
  plan()

  return {
    hand,
    stop() {
      stopped = true
      cancel?.()
    },
  }
}
