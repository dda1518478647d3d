import { createKissDecoder, encodeKiss, type KissFrame } from './adapters/kiss.ts'
import { answerTo, COMMAND, ERROR, HARDWARE } from './adapters/meshcore-commands.ts'
import { airtimeOf, type Tuning } from './ether.ts'
import type { FirmwareSetup } from './simulated-firmware.ts'
import type { Firmware } from './simulated-port.ts'
import { createSimulatedRadio, isPossible } from './simulated-radio.ts'

const LONGEST_PACKET = 255
const RADIO_BYTES = 10
const DEFAULT: Tuning = {
  frequencyHz: 869_618_000,
  bandwidthHz: 62_500,
  spreadingFactor: 8,
  codingRate: 8,
  preambleSymbols: 8,
  syncWord: 0x12,
}

/** MeshCore's KISS modem as far as a host sees it. Source: MeshCore, KissModem.cpp and kiss_modem_protocol.md. */
export function createSimulatedMeshcore({ runtime, join, say, faults = {} }: FirmwareSetup): Firmware {
  let decoder = createKissDecoder()
  let tuning = DEFAULT
  let powerDbm = 20
  let signalReport = true

  const antenna = join(({ bytes, rssiDbm, snrDb }) => {
    say(encodeKiss(COMMAND.data, bytes))
    if (signalReport) tell(HARDWARE.rxMeta, [Math.round(snrDb * 4) & 0xff, Math.max(-128, rssiDbm) & 0xff])
  })
  const radio = createSimulatedRadio(runtime, antenna, 1)

  function tell(command: number, payload: Uint8Array | readonly number[] = []): void {
    say(encodeKiss(COMMAND.setHardware, [command, ...payload]))
  }
  const answer = (question: number, payload: Uint8Array | readonly number[] = []): void =>
    tell(answerTo(question), faults.wrongEcho === question ? [...payload].map((byte) => byte ^ 1) : payload)
  const refuse = (code: number): void => tell(HARDWARE.error, [code])

  function radioBytes(): Uint8Array {
    const bytes = new Uint8Array(RADIO_BYTES)
    const view = new DataView(bytes.buffer)
    view.setUint32(0, tuning.frequencyHz, true)
    view.setUint32(4, tuning.bandwidthHz, true)
    bytes.set([tuning.spreadingFactor, tuning.codingRate], 8)
    return bytes
  }

  function tuningFrom(payload: Uint8Array): Tuning {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
    return {
      ...tuning,
      frequencyHz: view.getUint32(0, true),
      bandwidthHz: view.getUint32(4, true),
      spreadingFactor: view.getUint8(8),
      codingRate: view.getUint8(9),
    }
  }

  function setRadio(payload: Uint8Array): void {
    if (payload.length < RADIO_BYTES) {
      refuse(ERROR.invalidLength)
    } else if (!isPossible(tuningFrom(payload))) {
      refuse(ERROR.invalidParam)
    } else {
      tuning = tuningFrom(payload)
      antenna.tune(tuning)
      tell(HARDWARE.ok)
    }
  }

  function tellAirtime([length = 0]: Uint8Array): void {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setUint32(0, Math.ceil(airtimeOf(tuning, length)), true)
    answer(HARDWARE.getAirtime, bytes)
  }

  const HANDLERS: Readonly<Record<number, (payload: Uint8Array) => void>> = {
    [HARDWARE.ping]: () => answer(HARDWARE.ping),
    [HARDWARE.getVersion]: () => answer(HARDWARE.getVersion, [2, 0]),
    [HARDWARE.getDeviceName]: () => answer(HARDWARE.getDeviceName, new TextEncoder().encode('Simulated')),
    [HARDWARE.setRadio]: setRadio,
    [HARDWARE.getRadio]: () => answer(HARDWARE.getRadio, radioBytes()),
    [HARDWARE.setTxPower]([dbm = 0]) {
      powerDbm = new Int8Array([dbm])[0] ?? 0
      tell(HARDWARE.ok)
    },
    [HARDWARE.getTxPower]: () => answer(HARDWARE.getTxPower, [powerDbm & 0xff]),
    [HARDWARE.getAirtime]: tellAirtime,
    [HARDWARE.setSignalReport]([enable]) {
      signalReport = enable !== 0
      tell(0x9a, [signalReport ? 1 : 0])
    },
  }

  function process({ command, payload }: KissFrame): void {
    if (command === COMMAND.data) {
      if (payload.length === 0 || payload.length > LONGEST_PACKET) return
      const accepted = !radio.sending && radio.send(payload, powerDbm, () => tell(HARDWARE.txDone, [1]))
      if (!accepted) refuse(ERROR.txBusy)
    } else if (command === COMMAND.setHardware) {
      const [about = 0] = payload
      const handler = HANDLERS[about]
      if (handler) handler(payload.subarray(1))
      else refuse(ERROR.unknownCommand)
    }
  }

  return {
    boot() {
      antenna.tune(tuning)
    },
    off() {
      decoder = createKissDecoder()
      tuning = DEFAULT
      powerDbm = 20
      signalReport = true
      radio.clear()
      antenna.tune(null)
    },
    receive(bytes) {
      if (!faults.mute) for (const frame of decoder.push(bytes)) process(frame)
    },
  }
}
