import { LEADER_LOCK } from '../../workers/port.ts'
import { followNode } from './follow.ts'
import { type Leading, leadNode, type NodeState } from './lead.ts'
import { createQueryStore, type QueryStore } from './query-store.ts'
import type { TabPlatform } from './tab-platform.ts'

const TAKE_OVER_CHANNEL = 'hearthnet-take-over'
/** How long a leader that is asked to yield may take before its lock is stolen. */
const YIELD_WAIT_MS = 4000
/** How long a leader that yielded keeps its lock for the tab that asked, so that no third one takes it. */
const HANDOVER_MS = 5000

type TakeOver = { readonly kind: 'yield' } | { readonly kind: 'yielded' }

/** This tab's node: its own, or that of the leading tab. */
export interface ConnectionState extends NodeState {
  readonly role: 'leader' | 'follower'
}

export interface Connection {
  readonly queries: QueryStore
  readonly get: () => ConnectionState
  readonly subscribe: (listener: () => void) => () => void
  /** Starts a failed node again. */
  readonly retry: () => void
  /** Makes this tab the one whose node runs. */
  readonly takeOver: () => void
  readonly close: () => void
}

/** One node for all tabs: the holder of the leader lock runs it, the others use it and wait for the lock. */
export function connectNode(platform: TabPlatform, queries = createQueryStore()): Connection {
  const listeners = new Set<() => void>()
  const takeOvers = platform.openChannel<TakeOver>(TAKE_OVER_CHANNEL)
  let state: ConnectionState = { phase: 'starting', role: 'follower', client: null, error: undefined }
  let closed = false
  let leading: Leading | null = null
  let release = (): void => undefined
  let waiting = new AbortController()
  let stealNext = false
  let onYielded = (): void => undefined

  function set(next: ConnectionState): void {
    if (closed) return
    // screens stay up while the node changes hands; only a failure takes them down
    const phase = next.phase === 'starting' && state.phase === 'ready' ? 'ready' : next.phase
    state = { ...next, phase }
    queries.setClient(state.client)
    for (const listener of [...listeners]) listener()
  }

  /** Runs the node until the lock is given up. */
  function lead(): Promise<void> {
    return new Promise((resolve) => {
      release = resolve
      leading = leadNode(platform, (node) => set({ ...node, role: 'leader' }))
    })
  }

  /** @returns when the lock was not to be had, is given up or was stolen */
  async function holdLock(options: LockOptions, onGranted = (): void => undefined): Promise<void> {
    try {
      await platform.withLock(LEADER_LOCK, options, async (granted) => {
        onGranted()
        if (granted && !closed) await lead()
      })
    } catch {
      // the lock was stolen, or waiting for it was called off: either way this tab does not lead
    }
    leading?.kill()
    leading = null
  }

  async function elect(): Promise<void> {
    while (!closed) {
      if (stealNext) {
        stealNext = false
        await holdLock({ steal: true })
      } else await holdLock({ ifAvailable: true })
      if (closed || stealNext) continue
      waiting = new AbortController()
      const detach = followNode(platform, (node) => set({ ...node, role: 'follower' }))
      let following = true
      const stopFollowing = (): void => {
        if (!following) return
        following = false
        // screens let go of the client before its calls fail
        set({ phase: 'starting', client: null, error: undefined, role: 'follower' })
        detach()
      }
      await holdLock({ signal: waiting.signal }, stopFollowing)
      stopFollowing()
    }
  }

  /** Another tab wants to lead: stop cleanly, then keep the lock until it is taken. */
  async function yieldNode(): Promise<void> {
    const yielding = leading
    if (!yielding) return
    const giveUp = release
    leading = null
    set({ phase: 'starting', client: null, error: undefined, role: 'follower' })
    await yielding.stop()
    takeOvers.postMessage({ kind: 'yielded' })
    platform.after(HANDOVER_MS, giveUp)
  }

  function takeOver(): void {
    if (leading) {
      leading.retry()
      return
    }
    const cancelWait = platform.after(YIELD_WAIT_MS, () => onYielded())
    onYielded = () => {
      onYielded = () => undefined
      cancelWait()
      stealNext = true
      waiting.abort()
    }
    takeOvers.postMessage({ kind: 'yield' })
  }

  function close(): void {
    set({ phase: 'starting', client: null, error: undefined, role: state.role })
    closed = true
    void leading?.stop()
    leading = null
    release()
    waiting.abort()
    takeOvers.close()
  }

  takeOvers.addEventListener('message', ({ data }) => {
    if (data.kind === 'yield') yieldNode().catch((bug: unknown) => reportError(bug))
    else onYielded()
  })
  elect().catch((bug: unknown) => reportError(bug))

  return {
    queries,
    get: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    retry: () => leading?.retry(),
    takeOver,
    close,
  }
}
