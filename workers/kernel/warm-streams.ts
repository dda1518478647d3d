import type { NodeId } from '#protocol/core/ids.ts'
import type { FramedStream } from './mesh/mesh.ts'
import type { Runtime } from './runtime.ts'

/** Opening costs both sides a few milliseconds of work: not while the call that is under way needs them. */
const WARM_AFTER_MS = 20
/** A spare is thrown away after this long: the other side hangs up on who asks nothing for ten seconds. */
const SPARE_MS = 8000

export interface WarmDeps {
  readonly runtime: Runtime
  readonly open: (peer: NodeId, signal?: AbortSignal) => Promise<FramedStream>
  /** Names the connection to a peer: another name, another connection. */
  readonly connectionOf: (peer: NodeId) => string
}

export interface WarmStreams {
  /** A stream to the peer, ready from before where there is one. @throws HearthError `partition`, `timeout` */
  take(peer: NodeId, signal: AbortSignal): Promise<FramedStream>
  stop(): void
}

interface Spare {
  readonly stream: FramedStream
  /** The connection it was opened over: over another it is dead, or slower than it need be. */
  readonly over: string
  readonly cancel: () => void
}

/**
 * BUS-3 wants a stream for each call, and opening one over WebRTC costs several round trips. Who calls a neighbour mostly
 * calls again soon, so with each call the next stream is opened already; one that nobody takes is closed again.
 */
export function createWarmStreams({ runtime, open, connectionOf }: WarmDeps): WarmStreams {
  const spares = new Map<NodeId, Spare>()
  const warming = new Set<NodeId>()
  let stopped = false

  function claim(peer: NodeId): Spare | null {
    const spare = spares.get(peer)
    if (!spare) return null
    spares.delete(peer)
    spare.cancel()
    return spare
  }

  async function warm(peer: NodeId): Promise<void> {
    if (stopped || spares.has(peer) || warming.has(peer)) return
    warming.add(peer)
    try {
      const over = connectionOf(peer)
      const stream = await open(peer)
      if (stopped) return stream.abort()
      const cancel = runtime.after(SPARE_MS, () => {
        claim(peer)
          ?.stream.close()
          .catch(() => stream.abort())
      })
      spares.set(peer, { stream, over, cancel })
    } catch {
      // the peer is gone: the next call finds out, and says so
    } finally {
      warming.delete(peer)
    }
  }

  return {
    async take(peer, signal) {
      const spare = claim(peer)
      const usable = spare !== null && spare.over === connectionOf(peer)
      if (spare && !usable) spare.stream.abort()
      const stream = usable ? spare.stream : await open(peer, signal)
      runtime.after(WARM_AFTER_MS, () => void warm(peer))
      return stream
    },
    stop() {
      stopped = true
      for (const peer of [...spares.keys()]) claim(peer)?.stream.abort()
    },
  }
}
