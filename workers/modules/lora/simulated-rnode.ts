import { createKissDecoder, encodeKiss, type KissFrame } from './adapters/kiss.ts'
import { COMMAND, DETECT_ANSWER, DETECT_QUESTION, ERROR, RSSI_OFFSET } from './adapters/rnode-commands.ts'
import type { Tuning } from './ether.ts'
import type { FirmwareSetup } from './simulated-firmware.ts'
import type { Firmware } from './simulated-port.ts'
import { createSimulatedRadio, isPossible } from './simulated-radio.ts'

const HIGHEST_POWER_DBM = 22
const QUEUE_MAX = 64
const HOUR_MS = 3_600_000
/** Where several bytes are one number, the highest comes first. */
const number = (bytes: Uint8Array): number => bytes.reduce((value, byte) => value * 256 + byte, 0)
const u16 = (value: number): readonly number[] => [(value >> 8) & 0xff, value & 0xff]

/** RNode firmware 1.x as far as a host sees it. Source: RNode_Firmware's Framing.h, Utilities.h and RNode_Firmware.ino. */
export function createSimulatedRNode({ runtime, join, say, faults = {} }: FirmwareSetup): Firmware {
  let decoder = createKissDecoder()
  let tuning: Tuning = fresh()
  let powerDbm = 0
  let on = false
  let promiscuous = false
  /** Hundredths of a percent; 0 is no limit. */
  let longTermLimit = 0

  const antenna = join(({ bytes, rssiDbm, snrDb }) => {
    const inner = promiscuous ? bytes : bytes.subarray(1)
    tell(COMMAND.statRssi, [Math.max(0, rssiDbm + RSSI_OFFSET)])
    tell(COMMAND.statSnr, [Math.round(snrDb * 4) & 0xff])
    tell(COMMAND.data, inner)
  })
  const radio = createSimulatedRadio(runtime, antenna, QUEUE_MAX)

  function fresh(): Tuning {
    return { frequencyHz: 0, bandwidthHz: 0, spreadingFactor: 0, codingRate: 5, preambleSymbols: 8, syncWord: 0x12 }
  }

  function tell(command: number, payload: Uint8Array | readonly number[]): void {
    say(encodeKiss(command, payload))
  }

  function set(change: Partial<Tuning>): void {
    tuning = { ...tuning, ...change }
    if (on) antenna.tune(tuning)
  }

  function switchRadio(wanted: number): void {
    if (wanted !== 0xff) on = wanted === 1 && isPossible(tuning)
    antenna.tune(on ? tuning : null)
    tell(COMMAND.radioState, [on ? 1 : 0])
  }

  function tellAirtime(): void {
    const longTerm = Math.round((radio.hourMs() / HOUR_MS) * 10_000)
    tell(COMMAND.statChannel, [...u16(longTerm), ...u16(longTerm), ...u16(0), ...u16(0), 40, 40, 0xff])
  }

  function transmit(payload: Uint8Array): void {
    if (!on) {
      tell(COMMAND.error, [ERROR.txFailed])
      return
    }
    const header = (runtime.randomBytes(1)[0] ?? 0) & 0xf0
    const accepted = radio.send(promiscuous ? payload : Uint8Array.of(header, ...payload), powerDbm, tellAirtime)
    if (!accepted) tell(COMMAND.error, [ERROR.queueFull])
  }

  /** What it echoes is what it took, not what it was told. */
  const HANDLERS: Readonly<Record<number, (payload: Uint8Array) => void>> = {
    [COMMAND.detect]: ([question]) => question === DETECT_QUESTION && tell(COMMAND.detect, [DETECT_ANSWER]),
    [COMMAND.firmwareVersion]: () => tell(COMMAND.firmwareVersion, [1, 74]),
    [COMMAND.frequency](payload) {
      if (number(payload) > 0) set({ frequencyHz: number(payload) })
      echo(COMMAND.frequency, [...payload])
    },
    [COMMAND.bandwidth](payload) {
      if (number(payload) > 0) set({ bandwidthHz: number(payload) })
      echo(COMMAND.bandwidth, [...payload])
    },
    [COMMAND.txPower]([dbm = 0]) {
      powerDbm = Math.min(dbm, HIGHEST_POWER_DBM)
      echo(COMMAND.txPower, [powerDbm])
    },
    [COMMAND.spreadingFactor]([factor = 0]) {
      set({ spreadingFactor: Math.min(12, Math.max(5, factor)) })
      echo(COMMAND.spreadingFactor, [tuning.spreadingFactor])
    },
    [COMMAND.codingRate]([rate = 0]) {
      set({ codingRate: Math.min(8, Math.max(5, rate)) })
      echo(COMMAND.codingRate, [tuning.codingRate])
    },
    [COMMAND.promiscuous]([wanted]) {
      promiscuous = wanted === 1
      echo(COMMAND.promiscuous, [promiscuous ? 1 : 0])
    },
    [COMMAND.longTermAirtime](payload) {
      longTermLimit = number(payload)
      echo(COMMAND.longTermAirtime, u16(longTermLimit))
    },
    [COMMAND.radioState]: ([wanted = 0xff]) => switchRadio(wanted),
    [COMMAND.statChannel]: tellAirtime,
    [COMMAND.data]: transmit,
  }

  function echo(command: number, payload: readonly number[]): void {
    tell(command, faults.wrongEcho === command ? payload.map((byte) => byte ^ 1) : payload)
  }

  return {
    boot() {
      say(new TextEncoder().encode('ets Jul 29 2019 12:21:46\r\nrst:0x1 (POWERON_RESET),boot:0x13\r\n'))
    },
    off() {
      decoder = createKissDecoder()
      tuning = fresh()
      on = false
      promiscuous = false
      longTermLimit = 0
      radio.clear()
      antenna.tune(null)
    },
    receive(bytes) {
      if (faults.mute) return
      for (const { command, payload } of decoder.push(bytes) as readonly KissFrame[]) {
        if (command !== faults.unknownCommand) HANDLERS[command]?.(payload)
      }
    },
  }
}
