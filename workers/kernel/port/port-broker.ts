import { PORTS_CHANNEL, type PortEndpoint, type PortRequest } from '../../port.ts'
import type { Bus } from '../bus/bus.ts'
import { serveScreen } from './screen-port.ts'

/** What the broker needs of the browser; tests pass their own. */
export interface BrokerPlatform {
  openChannel(name: string): PortEndpoint & { close(): void }
  /** The channel all tabs share. */
  openShared(name: string): SharedChannel
  /** Resolves when the Web Lock of this name is free, which is when the tab that holds it is gone. */
  whenFree(lock: string, signal: AbortSignal): Promise<void>
}

export interface SharedChannel {
  postMessage(message: PortRequest): void
  addEventListener(type: 'message', listener: (event: MessageEvent<PortRequest>) => void): void
  close(): void
}

const browserPlatform: BrokerPlatform = {
  openChannel: (name) => new BroadcastChannel(name),
  openShared: (name) => new BroadcastChannel(name),
  whenFree: (lock, signal) => navigator.locks.request(lock, { signal }, async () => undefined),
}

/**
 * Gives screens in other tabs a port of their own. A tab that asks holds a Web Lock named like its channel: when the
 * browser frees it the tab is closed or crashed, which a BroadcastChannel alone never tells.
 * @returns a function that ends the service for all of them
 */
export function brokerPorts(bus: Pick<Bus, 'answer'>, platform: BrokerPlatform = browserPlatform): () => void {
  const shared = platform.openShared(PORTS_CHANNEL)
  const over = new AbortController()
  const attached = new Set<string>()

  async function attach(name: string): Promise<void> {
    const channel = platform.openChannel(name)
    const withdraw = serveScreen(bus, channel)
    shared.postMessage({ kind: 'attached', channel: name })
    try {
      await platform.whenFree(name, over.signal)
    } catch (thrown) {
      if (!over.signal.aborted) throw thrown
    } finally {
      withdraw()
      channel.close()
      attached.delete(name)
    }
  }

  shared.addEventListener('message', ({ data }) => {
    if (data.kind !== 'attach') return
    // a tab asks again until it is answered
    if (attached.has(data.channel)) return shared.postMessage({ kind: 'attached', channel: data.channel })
    attached.add(data.channel)
    attach(data.channel).catch((bug: unknown) => reportError(bug))
  })
  shared.postMessage({ kind: 'node-started' })

  return () => {
    over.abort()
    shared.close()
  }
}
