import { ulid } from 'ulid'
import { PORTS_CHANNEL, type PortMessage, type PortRequest } from '../../workers/port.ts'
import { createNodeClient, type NodeClient } from './client.ts'
import type { NodeState } from './lead.ts'
import type { TabPlatform } from './tab-platform.ts'

/** How often a tab asks for a port until the node answers. */
const ASK_AGAIN_MS = 1000

interface Attachment {
  readonly name: string
  readonly client: NodeClient
  stopAsking(): void
  detach(): void
}

/**
 * Uses the node of the leading tab over a BroadcastChannel of its own, and attaches again when a new node starts. A Web
 * Lock named like the channel tells the node when this tab is gone.
 * @returns a function that detaches
 */
export function followNode(
  platform: Pick<TabPlatform, 'withLock' | 'openChannel' | 'after'>,
  report: (state: NodeState) => void,
): () => void {
  const shared = platform.openChannel<PortRequest>(PORTS_CHANNEL)
  let current: Attachment | null = null

  function attach(): void {
    const name = `${PORTS_CHANNEL}-${ulid()}`
    const channel = platform.openChannel<PortMessage>(name)
    const client = createNodeClient(channel)
    let detached = false
    let release = (): void => undefined
    let cancelAsking = (): void => undefined

    function ask(): void {
      if (detached) return
      shared.postMessage({ kind: 'attach', channel: name })
      cancelAsking = platform.after(ASK_AGAIN_MS, ask)
    }

    const hold = (): Promise<void> =>
      new Promise((resolve) => {
        release = resolve
        if (detached) return resolve()
        ask()
      })
    platform.withLock(name, {}, hold).catch((bug: unknown) => reportError(bug))
    current = {
      name,
      client,
      stopAsking: () => cancelAsking(),
      detach() {
        detached = true
        cancelAsking()
        release()
        client.close()
        channel.close()
      },
    }
  }

  function receive({ data }: MessageEvent<PortRequest>): void {
    if (data.kind === 'node-started') {
      const old = current
      attach()
      report({ phase: 'starting', client: null, error: undefined })
      old?.detach()
    } else if (data.kind === 'attached' && data.channel === current?.name) {
      current.stopAsking()
      report({ phase: 'ready', client: current.client, error: undefined })
    }
  }

  shared.addEventListener('message', receive)
  report({ phase: 'starting', client: null, error: undefined })
  attach()
  return () => {
    shared.removeEventListener('message', receive)
    current?.detach()
    shared.close()
  }
}
