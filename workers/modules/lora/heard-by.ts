import { toHearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { loraHearing } from '#protocol/lora/capabilities.ts'
import { beaconReceived } from '#protocol/lora/events.ts'
import { nodePeers } from '#protocol/node/capabilities.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import type { Herald } from './herald.ts'

/** A beacon is surely heard, or not, this long after it was sent. */
const ASK_AFTER_MS = 5000
/** Neighbours on the mesh that are asked after a beacon. */
const MAX_ASKED = 16
const MAX_KEPT = 64

export interface HeardBy {
  readonly nodeId: NodeId
  /** RFC 3339, their clock. */
  readonly at: string
  readonly rssiDbm: number | null
  readonly snrDb: number | null
}

/**
 * Asks neighbours over the mesh whether they hear this device by radio. A frame has no room for such an answer, so whoever
 * has no network never learns it: before the network is gone is the time to look.
 */
export interface HeardByAsker {
  askSoon(): void
  all(): readonly HeardBy[]
  clear(): void
  stop(): void
}

export function createHeardBy({
  bus,
  runtime,
  herald,
}: Pick<ModuleDeps, 'bus' | 'runtime'> & { herald: Herald }): HeardByAsker {
  const answers = new Map<NodeId, HeardBy>()
  const controller = new AbortController()
  let stopTimer = (): void => {}

  async function askOne(nodeId: NodeId): Promise<void> {
    const { last } = await bus.call(loraHearing, {}, { to: nodeId, signal: controller.signal })
    if (!last) return
    answers.delete(nodeId)
    answers.set(nodeId, { nodeId, at: last.at, rssiDbm: last.rssi_dbm, snrDb: last.snr_db })
    const [oldest] = answers.keys()
    if (answers.size > MAX_KEPT && oldest) answers.delete(oldest)
    herald.tell(beaconReceived)
  }

  async function askAll(): Promise<void> {
    const { peers } = await bus.call(nodePeers, {})
    const near = peers.filter(({ connection }) => connection === 'direct' || connection === 'relayed').slice(0, MAX_ASKED)
    const asked = await Promise.allSettled(near.map(({ node_id }) => askOne(node_id)))
    for (const outcome of asked) {
      // most neighbours have no stick, and some have just gone
      if (outcome.status === 'rejected' && toHearthError(outcome.reason).code === 'internal_error') reportError(outcome.reason)
    }
  }

  return {
    askSoon() {
      stopTimer()
      stopTimer = runtime.after(ASK_AFTER_MS, () => {
        askAll().catch((error: unknown) => {
          if (!controller.signal.aborted) reportError(error)
        })
      })
    },
    all: () => [...answers.values()],
    clear: () => answers.clear(),
    stop() {
      stopTimer()
      controller.abort(new DOMException('stopped', 'AbortError'))
    },
  }
}
