import { airtimeMs } from '#protocol/lora/airtime.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import { createSignal, type Signal } from '../../kernel/signal.ts'
import { decibels, demodulates, linear, noiseFloorDbm, pathLossDb, survives } from './ether-physics.ts'

/** How a radio is set. Two hear each other where all of it agrees. */
export interface Tuning {
  readonly frequencyHz: number
  readonly bandwidthHz: number
  /** 7 to 12. */
  readonly spreadingFactor: number
  /** Denominator of the coding rate, 5 to 8. */
  readonly codingRate: number
  readonly preambleSymbols: number
  /** Tells networks apart that share a channel: 0x12 private, 0x2B Meshtastic. */
  readonly syncWord: number
}

/** Metres. */
export interface Position {
  readonly x: number
  readonly y: number
}

export interface HeardFrame {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly rssiDbm: number
  readonly snrDb: number
}

export interface Transmission {
  readonly from: number
  readonly position: Position
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly tuning: Tuning
  readonly powerDbm: number
  /** Milliseconds of `Runtime.monotonic`. */
  readonly begins: number
  readonly ends: number
}

export interface Antenna {
  readonly id: number
  position: Position
  /** Listens with this tuning from now on; null is deaf. */
  tune(tuning: Tuning | null): void
  /** Whether a frame that it could hear is on the air. */
  isBusy(): boolean
  /** Half duplex: it hears nothing meanwhile. @returns milliseconds on the air. */
  transmit(bytes: Uint8Array, powerDbm: number, done?: () => void): number
  remove(): void
}

export interface EtherOptions {
  readonly runtime: Runtime
  /** Share of frames lost for reasons nobody models, 0 to 1. */
  readonly loss?: number
  /** Decibels by which hills and houses make links differ, one standard deviation. */
  readonly shadowingDb?: number
}

export interface Ether {
  join(position: Position, onHeard: (frame: HeardFrame) => void): Antenna
  /** Everything that goes on the air, when it begins. */
  readonly onAir: Signal<Transmission>
}

interface Listener extends Antenna {
  tuning: Tuning | null
  /** Since when it has listened like this without a break. */
  since: number
  readonly onHeard: (frame: HeardFrame) => void
}

/** Milliseconds that a frame is on the air (LOR-1). */
export const airtimeOf = (tuning: Tuning, bytes: number): number =>
  airtimeMs(bytes, {
    frequency_hz: tuning.frequencyHz,
    bandwidth_hz: tuning.bandwidthHz,
    spreading_factor: tuning.spreadingFactor,
    coding_rate: tuning.codingRate,
    preamble_symbols: tuning.preambleSymbols,
    tx_power_dbm: 0,
  })

const sameTuning = (one: Tuning, other: Tuning): boolean =>
  one.frequencyHz === other.frequencyHz &&
  one.bandwidthHz === other.bandwidthHz &&
  one.spreadingFactor === other.spreadingFactor &&
  one.syncWord === other.syncWord

const overlap = (one: Transmission, other: Transmission): boolean => one.begins < other.ends && other.begins < one.ends

/** The air between simulated sticks: range, loss, collisions and capture, the same for the same runtime. */
export function createEther({ runtime, loss = 0, shadowingDb = 0 }: EtherOptions): Ether {
  const listeners = new Map<number, Listener>()
  const shadows = new Map<string, number>()
  const onAir = createSignal<Transmission>()
  let recent: Transmission[] = []
  let lastId = 0

  /** Uniform in [0, 1). */
  function chance(): number {
    const [a = 0, b = 0, c = 0, d = 0] = runtime.randomBytes(4)
    return (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) / 2 ** 32
  }

  /** The same both ways, drawn once per pair: a sum of twelve uniform numbers is near enough to normal. */
  function shadow(one: number, other: number): number {
    if (shadowingDb === 0) return 0
    const pair = one < other ? `${one}-${other}` : `${other}-${one}`
    const known = shadows.get(pair)
    if (known !== undefined) return known
    const drawn = (Array.from({ length: 12 }, chance).reduce((sum, part) => sum + part, 0) - 6) * shadowingDb
    shadows.set(pair, drawn)
    return drawn
  }

  function strength(sent: Transmission, at: Listener): number {
    const metres = Math.hypot(sent.position.x - at.position.x, sent.position.y - at.position.y)
    return sent.powerDbm - pathLossDb(metres, sent.tuning.frequencyHz) - shadow(sent.from, at.id)
  }

  /** All else on the air at the listener meanwhile, as much of it as disturbs `sent`. */
  function interferers(sent: Transmission, at: Listener): readonly { readonly dbm: number; readonly sameFactor: boolean }[] {
    return recent
      .filter((other) => other !== sent && overlap(sent, other) && other.from !== at.id)
      .filter(
        ({ tuning }) =>
          Math.abs(tuning.frequencyHz - sent.tuning.frequencyHz) < (tuning.bandwidthHz + sent.tuning.bandwidthHz) / 2,
      )
      .map((other) => ({
        dbm: strength(other, at),
        sameFactor: other.tuning.spreadingFactor === sent.tuning.spreadingFactor,
      }))
  }

  function hear(sent: Transmission, at: Listener): void {
    if (at.id === sent.from || !at.tuning || !sameTuning(at.tuning, sent.tuning) || at.since > sent.begins) return
    if (recent.some((own) => own.from === at.id && overlap(own, sent))) return
    const rssi = strength(sent, at)
    const floor = noiseFloorDbm(sent.tuning.bandwidthHz)
    if (!demodulates(rssi - floor, sent.tuning.spreadingFactor)) return
    if (!survives(rssi, interferers(sent, at)) || (loss > 0 && chance() < loss)) return
    at.onHeard({
      bytes: sent.bytes.slice(),
      // what a chip measures is signal and noise together; the ratio it tells saturates
      rssiDbm: Math.round(decibels(linear(rssi) + linear(floor))),
      snrDb: Math.min(12, Math.round((rssi - floor) * 4) / 4),
    })
  }

  function forget(): void {
    const now = runtime.monotonic()
    const oldest = Math.min(now, ...recent.filter(({ ends }) => ends > now).map(({ begins }) => begins))
    recent = recent.filter(({ ends }) => ends > oldest)
  }

  function join(position: Position, onHeard: (frame: HeardFrame) => void): Antenna {
    const id = ++lastId
    const listener: Listener = {
      id,
      position,
      tuning: null,
      since: 0,
      onHeard,
      tune(tuning) {
        listener.tuning = tuning
        listener.since = runtime.monotonic()
      },
      isBusy() {
        const now = runtime.monotonic()
        return recent.some((sent) => {
          if (sent.ends <= now || sent.from === id || !listener.tuning || !sameTuning(sent.tuning, listener.tuning))
            return false
          return demodulates(strength(sent, listener) - noiseFloorDbm(sent.tuning.bandwidthHz), sent.tuning.spreadingFactor)
        })
      },
      transmit(bytes, powerDbm, done) {
        const { tuning } = listener
        if (!tuning) return 0
        const begins = runtime.monotonic()
        const airtime = airtimeOf(tuning, bytes.length)
        const sent: Transmission = {
          from: id,
          position: listener.position,
          bytes: new Uint8Array(bytes),
          tuning,
          powerDbm,
          begins,
          ends: begins + airtime,
        }
        forget()
        recent.push(sent)
        onAir.emit(sent)
        runtime.after(airtime, () => {
          for (const one of listeners.values()) hear(sent, one)
          done?.()
        })
        return airtime
      },
      remove: () => void listeners.delete(id),
    }
    listeners.set(id, listener)
    return listener
  }

  return { join, onAir }
}
