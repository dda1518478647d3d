import type { Connection } from '@libp2p/interface'
import type { NodeId } from '#protocol/core/ids.ts'
import type { Runtime } from '../runtime.ts'
import { withDeadline } from './deadline.ts'
import type { Dialer } from './dialer.ts'
import { closedError } from './frame-queue.ts'
import { isRelayed } from './libp2p-node.ts'
import type { Links } from './links.ts'

/** How long a stream that wants the direct way waits for one that is being made; then the relay has to do. */
const DIRECT_MS = 3_000

export interface WayDeps {
  readonly runtime: Runtime
  readonly links: Pick<Links, 'best' | 'changed'>
  readonly dialer: Pick<Dialer, 'hopeful'>
}

const isDirect = (connection: Connection): boolean => !isRelayed(connection)

/** Resolves with the connection to use as soon as there is one that will do. */
function connectionTo(
  { links }: WayDeps,
  peer: NodeId,
  signal: AbortSignal,
  willDo: (connection: Connection) => boolean = () => true,
): Promise<Connection> {
  const best = (): Connection | undefined => {
    const connection = links.best(peer)
    return connection && willDo(connection) ? connection : undefined
  }
  const now = best()
  if (now) return Promise.resolve(now)
  return new Promise((resolve, reject) => {
    const off = links.changed.on(({ nodeId }) => {
      const connection = nodeId === peer ? best() : undefined
      if (!connection) return
      off()
      resolve(connection)
    })
    const stop = (): void => {
      off()
      reject(closedError('the peer cannot be reached'))
    }
    signal.addEventListener('abort', stop, { once: true })
  })
}

/**
 * The connection for a new stream, as soon as there is one. A neighbour who has just come is there over the relay first, for the
 * moment in which the direct connection is made through it; what stays on the relay ends with it.
 * @param direct waits that moment
 * @throws HearthError `partition` when the signal fires before
 */
export async function wayTo(deps: WayDeps, peer: NodeId, direct: boolean, signal: AbortSignal): Promise<Connection> {
  const first = await connectionTo(deps, peer, signal)
  if (!direct || isDirect(first) || !deps.dialer.hopeful(peer)) return first
  const better = withDeadline(deps.runtime, DIRECT_MS, signal, (soon) => connectionTo(deps, peer, soon, isDirect))
  return better.catch(() => connectionTo(deps, peer, signal))
}
