import { createLineDecoder, encodeLine } from './adapters/text-lines.ts'
import type { Tuning } from './ether.ts'
import type { FirmwareSetup } from './simulated-firmware.ts'
import type { Firmware } from './simulated-port.ts'
import { createSimulatedRadio, isPossible } from './simulated-radio.ts'

const FIRMWARE = 'RUI_4.1.1_RAK3172-E'
const P2P = /^AT\+P2P=(\d+):(\d+):(\d+):(\d+):(\d+):(\d+)$/
const BANDWIDTHS_KHZ = [125, 250, 500]
const HEX = /^(?:[0-9A-F]{2}){1,255}$/i

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('')

/** An RUI3 module as far as a host sees it. Source: RAKwireless, RUI3 AT Command Manual. */
export function createSimulatedRui3({ runtime, join, say, faults = {} }: FirmwareSetup): Firmware {
  let decoder = createLineDecoder()
  let tuning = fresh()
  let powerDbm = 14
  let listening = false
  /** 0 is point to point, 1 LoRaWAN, as it comes from the factory. */
  let mode = 1

  const antenna = join(({ bytes, rssiDbm, snrDb }) => tell(`+EVT:RXP2P:${rssiDbm}:${Math.round(snrDb)}:${hex(bytes)}`))
  const radio = createSimulatedRadio(runtime, antenna, 1)

  function fresh(): Tuning {
    return {
      frequencyHz: 868_000_000,
      bandwidthHz: 125_000,
      spreadingFactor: 7,
      codingRate: 5,
      preambleSymbols: 8,
      syncWord: 0x12,
    }
  }

  const tell = (line: string): void => say(encodeLine(line))

  function setP2p(line: string): string {
    const [frequencyHz = 0, spreadingFactor = 0, bandwidth = 0, rate = 0, preambleSymbols = 0, power = 0] = (
      P2P.exec(line) ?? []
    )
      .slice(1)
      .map(Number)
    const bandwidthHz = (BANDWIDTHS_KHZ[bandwidth] ?? bandwidth) * 1000
    const next: Tuning = { ...tuning, frequencyHz, bandwidthHz, spreadingFactor, codingRate: rate + 5, preambleSymbols }
    if (!isPossible(next) || power < 5 || power > 22) return 'AT_PARAM_ERROR'
    tuning = next
    powerDbm = power
    if (listening) antenna.tune(tuning)
    return 'OK'
  }

  function toldP2p(): string {
    const { frequencyHz, spreadingFactor, bandwidthHz, codingRate, preambleSymbols } = tuning
    const factor = faults.wrongEcho === undefined ? spreadingFactor : spreadingFactor ^ 1
    return `AT+P2P=${frequencyHz}:${factor}:${bandwidthHz / 1000}:${codingRate - 5}:${preambleSymbols}:${powerDbm}`
  }

  function send(text: string): string {
    if (!HEX.test(text)) return 'AT_PARAM_ERROR'
    const bytes = Uint8Array.from({ length: text.length / 2 }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16))
    // a module that only listens for one frame would have to be stopped first; continuous listening goes on by itself
    if (!listening) antenna.tune(tuning)
    const done = (): void => {
      if (!listening) antenna.tune(null)
      tell('+EVT:TXP2P DONE')
    }
    return !radio.sending && radio.send(bytes, powerDbm, done) ? 'OK' : 'AT_BUSY_ERROR'
  }

  function listen(value: string): string {
    const ms = Number(value)
    if (!Number.isInteger(ms) || ms < 0 || ms > 65_535) return 'AT_PARAM_ERROR'
    listening = ms > 0
    antenna.tune(listening ? tuning : null)
    return 'OK'
  }

  function query(line: string): boolean {
    const told: Readonly<Record<string, string>> = {
      'AT+VER=?': `AT+VER=${FIRMWARE}`,
      'AT+NWM=?': `AT+NWM=${mode}`,
      'AT+P2P=?': toldP2p(),
    }
    const answer = told[line]
    if (answer === undefined) return false
    tell(answer)
    tell('OK')
    return true
  }

  function obey(line: string): string {
    if (line === 'AT') return 'OK'
    if (line === 'AT+NWM=0' || line === 'AT+NWM=1') {
      mode = Number(line.at(-1))
      return 'OK'
    }
    if (mode !== 0) return /^AT\+P/.test(line) ? 'AT_MODE_NO_SUPPORT' : 'AT_ERROR'
    if (line.startsWith('AT+P2P=')) return setP2p(line)
    if (line.startsWith('AT+PSEND=')) return send(line.slice('AT+PSEND='.length))
    if (line.startsWith('AT+PRECV=')) return listen(line.slice('AT+PRECV='.length))
    return 'AT_ERROR'
  }

  return {
    boot() {
      tell('RAKwireless RAK3172-E Example')
      tell('------------------------------------------------------')
      tell(`Current Work Mode: ${mode === 0 ? 'LoRa P2P' : 'LoRaWAN'}.`)
    },
    off() {
      decoder = createLineDecoder()
      tuning = fresh()
      listening = false
      radio.clear()
      antenna.tune(null)
    },
    receive(bytes) {
      if (faults.mute) return
      for (const line of decoder.push(bytes)) if (!query(line)) tell(obey(line))
    },
  }
}
