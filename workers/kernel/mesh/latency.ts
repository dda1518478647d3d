import type { Connection } from '@libp2p/interface'
import { every, type Runtime } from '../runtime.ts'
import type { MeshNode } from './libp2p-node.ts'
import { createPinger, type Pinger } from './pinger.ts'

const PING_EVERY_MS = 10_000
/** A connection that says goodbye closes its streams first; it is not asked whether it is dead. */
const GOODBYE_MS = 250

export interface Latency {
  start(): void
  stop(): void
  /** Round trip in milliseconds, as last measured; null before the first. */
  of(connection: Connection | undefined): number | null
  /**
   * Asks at once whether the other side is still there. Two missed answers close the connection, unless anything else came from
   * there meanwhile: a side that is sent bulk answers late, and is not gone.
   */
  probe(connection: Connection): Promise<void>
  /** Something came from the other side. */
  heard(connection: Connection): void
}

interface Watched {
  readonly pinger: Pinger
  latencyMs: number | null
  probing: boolean
  /** Monotonic, ms. */
  heardAt: number
}

/** Measures every connection and closes the dead: ICE alone takes many seconds, a lost WLAN under a websocket minutes. */
export function createLatency({ runtime, node }: { readonly runtime: Runtime; readonly node: MeshNode }): Latency {
  const watched = new WeakMap<Connection, Watched>()
  let stopTimer = (): void => undefined

  function watch(connection: Connection): Watched {
    const known = watched.get(connection)
    if (known) return known
    const onLost = (): void => void runtime.after(GOODBYE_MS, () => void probe(connection))
    const pinger = createPinger(runtime, connection, onLost)
    const fresh: Watched = { pinger, latencyMs: null, probing: false, heardAt: Number.NEGATIVE_INFINITY }
    watched.set(connection, fresh)
    return fresh
  }

  async function probe(connection: Connection): Promise<void> {
    const one = watch(connection)
    if (one.probing || connection.status !== 'open') return
    one.probing = true
    let asked = runtime.monotonic()
    try {
      one.latencyMs = await one.pinger.once().catch(() => {
        asked = runtime.monotonic()
        return one.pinger.once()
      })
    } catch (cause) {
      if (one.heardAt < asked) connection.abort(new Error('no answer to two pings', { cause }))
    } finally {
      one.probing = false
    }
  }

  return {
    start() {
      stopTimer = every(runtime, PING_EVERY_MS, () => {
        for (const connection of node.getConnections()) void probe(connection)
      })
    },
    stop: () => stopTimer(),
    of: (connection) => (connection ? (watched.get(connection)?.latencyMs ?? null) : null),
    probe,
    heard(connection) {
      watch(connection).heardAt = runtime.monotonic()
    },
  }
}
