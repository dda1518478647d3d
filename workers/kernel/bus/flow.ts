import { BUS_STREAM_WINDOW } from '#protocol/core/bus.ts'
import { HearthError } from '#protocol/core/errors.ts'

/** Room for frames: at most 16 are unacknowledged (BUS-4). */
export interface FlowWindow {
  /** Resolves when the next frame may go out. Rejects with the signal's reason. */
  room(signal: AbortSignal): Promise<void>
  /** Counts a frame as sent. @returns its `seq` */
  take(): number
  /** @throws HearthError `bad_request` for a frame that was never sent */
  ack(upto: number): void
}

export function createFlowWindow(size = BUS_STREAM_WINDOW): FlowWindow {
  let sent = 0
  let acked = 0
  let wake: (() => void) | null = null

  async function room(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    while (sent >= acked + size) {
      await new Promise<void>((resolve, reject) => {
        const stop = (): void => reject(signal.reason)
        signal.addEventListener('abort', stop, { once: true })
        wake = () => {
          signal.removeEventListener('abort', stop)
          resolve()
        }
      })
    }
  }

  return {
    room,
    take: () => sent++,
    ack(upto) {
      if (upto >= sent) throw new HearthError('bad_request', `frame ${upto} was never sent`)
      acked = Math.max(acked, upto + 1)
      wake?.()
      wake = null
    },
  }
}
