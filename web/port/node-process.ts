import { transfer, wrap } from 'comlink'
import { ulid } from 'ulid'
import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { BoxInfoSchema } from '#protocol/core/rendezvous.ts'
import { parseAs } from '#protocol/core/schema.ts'
import type { NodeControl } from '../../workers/port.ts'
import { hostRtc } from '../../workers/rtc/host.ts'
import { createNodeClient, type NodeClient } from './client.ts'

/** How long the box may take to say how it is reached before the node starts without it. */
const BOX_WAIT_MS = 3000
/** How long a clean shutdown may take. */
const STOP_WAIT_MS = 3000

/** A running node worker. */
export interface NodeProcess {
  readonly client: NodeClient
  /** Resolves when the node serves; rejects when it cannot. */
  readonly ready: Promise<void>
  /** Resolves when the worker is no more. */
  readonly died: Promise<HearthError>
  /** Withdraws, flushes, closes; then the worker ends. */
  stop(): Promise<void>
  kill(): void
}

interface Origin {
  readonly boxes: readonly string[]
  readonly appUrl: string
}

/** Where this app came from. On a static host there is no box: the node goes by the invites it knows. */
async function origin(): Promise<Origin> {
  const appUrl = new URL('./', location.href).href
  try {
    const response = await fetch(new URL('box.json', appUrl), { signal: AbortSignal.timeout(BOX_WAIT_MS) })
    const box = parseAs(BoxInfoSchema, await response.json())
    return { boxes: box.multiaddrs, appUrl: box.app_url }
  } catch {
    return { boxes: [], appUrl }
  }
}

/** Resolves with the reason when the worker's script cannot run or its realm is gone. @param life the lock it holds (NodeControl) */
function deathOf(worker: Worker, life: string, ready: Promise<void>, isReady: () => boolean): Promise<HearthError> {
  return new Promise((resolve) => {
    worker.addEventListener('error', (event) => {
      // once it serves, an error event is a bug that was reported in there, and the node goes on
      if (!isReady()) resolve(new HearthError('internal_error', event.message || 'the node cannot be loaded'))
    })
    const gone = (): void => resolve(new HearthError('partition', 'the node has stopped by itself'))
    // the browser lets go of the lock with the realm, however that ended; a port is not told when a worker closes itself
    ready.then(
      () => navigator.locks.request(life, gone),
      () => undefined,
    )
  })
}

/** Starts the node's worker with the window's half of WebRTC and a port for this screen. */
export function startNode(): NodeProcess {
  const life = `hearthnet-worker-${ulid()}`
  const worker = new Worker(new URL('../../workers/node.worker.ts', import.meta.url), { type: 'module', name: life })
  const control = wrap<NodeControl>(worker)
  const [rtc, screen] = [new MessageChannel(), new MessageChannel()]
  const host = hostRtc(rtc.port1)
  // the window itself hangs up: a worker is gone before it can, and peers would only notice by silence (DLM-4, DLM-9)
  const hangUp = (): void => host.close()
  addEventListener('pagehide', hangUp)
  const client = createNodeClient(screen.port1)
  let isReady = false

  async function start(): Promise<void> {
    await control.attachRtc(transfer(rtc.port2, [rtc.port2]))
    await control.attachScreen(transfer(screen.port2, [screen.port2]))
    await control.start(await origin())
    isReady = true
  }

  function kill(): void {
    removeEventListener('pagehide', hangUp)
    worker.terminate()
    host.close()
    client.close()
  }

  async function stop(): Promise<void> {
    const late = new Promise<void>((resolve) => setTimeout(resolve, STOP_WAIT_MS))
    try {
      await Promise.race([control.stop(), late])
    } finally {
      kill()
    }
  }

  const ready = start().catch((thrown: unknown) => {
    throw toHearthError(thrown)
  })
  return { client, ready, died: deathOf(worker, life, ready, () => isReady), stop, kill }
}
