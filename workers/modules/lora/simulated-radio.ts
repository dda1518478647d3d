import { delay, type Runtime } from '../../kernel/runtime.ts'
import type { Antenna, Tuning } from './ether.ts'

/** Longest wait between two looks whether the channel is free. */
const SLOT_MS = 100
const HOUR_MS = 3_600_000

export interface SimulatedRadio {
  /** Sends when the channel is free, one after the other. @returns false where the queue is full. */
  send(bytes: Uint8Array, powerDbm: number, done: () => void): boolean
  readonly sending: boolean
  /** Milliseconds on the air within the last hour. */
  hourMs(): number
  /** Forgets what waits. */
  clear(): void
}

/** What the firmwares have in common: wait for a free channel, send, keep count. */
export function createSimulatedRadio(runtime: Runtime, antenna: Antenna, queueMax: number): SimulatedRadio {
  const queue: { readonly bytes: Uint8Array; readonly powerDbm: number; readonly done: () => void }[] = []
  let sent: { readonly at: number; readonly ms: number }[] = []
  let sending = false
  let life = 0

  async function work(): Promise<void> {
    const born = life
    sending = true
    for (let next = queue.shift(); next && born === life; next = queue.shift()) {
      const { bytes, powerDbm, done } = next
      while (antenna.isBusy()) await delay(runtime, 1 + ((runtime.randomBytes(1)[0] ?? 0) * SLOT_MS) / 256)
      if (born !== life) return
      await new Promise<void>((resolve) => {
        const ms = antenna.transmit(bytes, powerDbm, resolve)
        sent.push({ at: runtime.monotonic(), ms })
        if (ms === 0) resolve()
      })
      if (born === life) done()
    }
    if (born === life) sending = false
  }

  return {
    send(bytes, powerDbm, done) {
      if (queue.length >= queueMax) return false
      queue.push({ bytes: bytes.slice(), powerDbm, done })
      if (!sending) void work()
      return true
    },
    get sending() {
      return sending
    },
    hourMs() {
      const since = runtime.monotonic() - HOUR_MS
      sent = sent.filter(({ at }) => at > since)
      return sent.reduce((sum, { ms }) => sum + ms, 0)
    },
    clear() {
      life++
      sending = false
      queue.length = 0
    },
  }
}

/** Whether a radio could be set so. */
export const isPossible = ({ frequencyHz, bandwidthHz, spreadingFactor, codingRate }: Tuning): boolean =>
  frequencyHz >= 137e6 &&
  frequencyHz <= 1020e6 &&
  bandwidthHz >= 7800 &&
  bandwidthHz <= 500_000 &&
  spreadingFactor >= 7 &&
  spreadingFactor <= 12 &&
  codingRate >= 5 &&
  codingRate <= 8
