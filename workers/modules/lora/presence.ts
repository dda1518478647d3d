import type { Frame as StreamFrame } from '#protocol/core/capability.ts'
import { wireTime } from '#protocol/core/ids.ts'
import { loraHearing, presenceFollow } from '#protocol/lora/capabilities.ts'
import { createQueue } from '../../kernel/bus/queue.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import type { Listener } from './listener.ts'
import type { PeerMap } from './peer-map.ts'

interface PresenceDeps extends Pick<ModuleDeps, 'bus'> {
  readonly listener: Listener
  readonly peers: PeerMap
  readonly isSimulated: () => boolean
}

/** What others learn of the radio: other modules who is there, members whether they are heard here. A simulation tells nobody. */
export function servePresence({ bus, listener, peers, isSimulated }: PresenceDeps): (() => void)[] {
  return [
    bus.handleStream(presenceFollow, async function* (_, { signal }) {
      const queue = createQueue<StreamFrame<typeof presenceFollow>>()
      const stop = listener.proven.on(({ reception, verdict }) => {
        const { senderHash, flags } = reception.frame
        if (isSimulated() || !verdict.nodeId || peers.who(senderHash, verdict.nodeId).state !== 'confirmed') return
        queue.push({ node_id: verdict.nodeId, heard_at: wireTime(reception.at), flags })
      })
      const end = (): void => queue.end()
      signal.addEventListener('abort', end, { once: true })
      try {
        if (!signal.aborted) yield* queue
        return {}
      } finally {
        stop()
        signal.removeEventListener('abort', end)
      }
    }),

    bus.handle(loraHearing, async (_, { caller }) => {
      const last = isSimulated() || !caller.nodeId ? null : peers.heardFrom(caller.nodeId)
      return {
        last: last && {
          at: wireTime(last.at),
          rssi_dbm: last.signal.rssiDbm,
          snr_db: last.signal.snrDb,
        },
      }
    }),
  ]
}
