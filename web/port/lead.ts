import { type HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { NodeClient } from './client.ts'
import type { NodeProcess } from './node-process.ts'
import type { TabPlatform } from './tab-platform.ts'

const FIRST_RESTART_MS = 1000
const LAST_RESTART_MS = 60_000
/** A node that ran this long crashed by accident: the next restart comes soon again. */
const STABLE_MS = 60_000

/** What there is to know of the node from this tab. */
export interface NodeState {
  readonly phase: 'starting' | 'ready' | 'failed'
  readonly client: NodeClient | null
  /** Why it failed, also while it is started again. */
  readonly error: HearthError | undefined
}

export interface Leading {
  /** Starts a failed node now instead of after its pause. */
  retry(): void
  /** Ends the node; nothing is reported after that. */
  stop(): Promise<void>
  /** As `stop`, for when there is no time. */
  kill(): void
}

/** Keeps a node running in this tab, started again after a crash with growing pauses. */
export function leadNode(platform: Pick<TabPlatform, 'startNode' | 'after'>, report: (state: NodeState) => void): Leading {
  let running: NodeProcess | null = null
  let over = false
  let failures = 0
  let error: HearthError | undefined
  let cancelTimer = (): void => undefined

  function start(): void {
    cancelTimer()
    const node = platform.startNode()
    running = node
    report({ phase: 'starting', client: null, error })
    const fail = (thrown: unknown): void => failed(node, thrown)
    node.died.then(fail)
    node.ready.then(() => served(node), fail)
  }

  function served(node: NodeProcess): void {
    if (node !== running) return
    error = undefined
    report({ phase: 'ready', client: node.client, error })
    cancelTimer = platform.after(STABLE_MS, () => {
      failures = 0
    })
  }

  function failed(node: NodeProcess, thrown: unknown): void {
    if (node !== running) return
    running = null
    cancelTimer()
    error = toHearthError(thrown)
    // screens let go of the client before its calls fail
    report({ phase: 'failed', client: null, error })
    node.kill()
    cancelTimer = platform.after(Math.min(LAST_RESTART_MS, FIRST_RESTART_MS * 2 ** failures), start)
    failures++
  }

  function end(): NodeProcess | null {
    const node = running
    over = true
    running = null
    cancelTimer()
    return node
  }

  start()
  return {
    retry() {
      if (!over && !running) start()
    },
    stop: async () => end()?.stop(),
    kill: () => end()?.kill(),
  }
}
