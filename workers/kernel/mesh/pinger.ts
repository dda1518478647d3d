import type { Connection, Stream } from '@libp2p/interface'
import type { Runtime } from '../runtime.ts'
import { withDeadline } from './deadline.ts'

const PING_PROTOCOL = '/ipfs/ping/1.0.0'
const PING_BYTES = 32
/** Long enough for a relay on a poor link. */
const PING_TIMEOUT_MS = 2_500

export interface Pinger {
  /** One round trip in milliseconds. @throws HearthError `timeout`, or what closed the stream */
  once(): Promise<number>
}

/**
 * libp2p's ping over one stream that stays open. It costs no negotiation each time, and it is the first to know: when a
 * tab goes, its data channels close at once, its WebRTC connection only after seconds. @param onLost the stream closed.
 */
export function createPinger(runtime: Runtime, connection: Connection, onLost: () => void): Pinger {
  let stream: Stream | null = null
  let missing = 0
  let settle: { resolve(): void; reject(reason: Error): void } | null = null

  async function open(signal: AbortSignal): Promise<Stream> {
    const opened = await connection.newStream(PING_PROTOCOL, { signal, runOnLimitedConnection: true, maxOutboundStreams: 2 })
    opened.addEventListener('message', ({ data }) => {
      missing -= data.byteLength
      if (missing <= 0) settle?.resolve()
    })
    opened.addEventListener('close', () => {
      if (stream !== opened) return
      stream = null
      settle?.reject(new Error('the ping stream closed'))
      onLost()
    })
    return opened
  }

  async function roundTrip(signal: AbortSignal): Promise<number> {
    const through = stream ?? (await open(signal))
    stream = through
    const start = runtime.monotonic()
    missing = PING_BYTES
    const answered = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject }
    })
    through.send(runtime.randomBytes(PING_BYTES))
    await answered
    return runtime.monotonic() - start
  }

  return {
    async once() {
      try {
        return await withDeadline(runtime, PING_TIMEOUT_MS, undefined, roundTrip)
      } catch (failure) {
        const broken = stream
        stream = null
        broken?.abort(new Error('ping given up'))
        throw failure
      } finally {
        settle = null
      }
    },
  }
}
