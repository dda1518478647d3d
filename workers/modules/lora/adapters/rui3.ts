import { HearthError } from '#protocol/core/errors.ts'
import type { RadioSettings } from '#protocol/lora/records.ts'
import type { Heard, StickSession } from '../stick.ts'
import { sendFailed, silentIs, unsupported, wrongEcho } from './failures.ts'
import type { Link, Patience } from './link.ts'
import { encodeLine } from './text-lines.ts'

/*
 * LoRa point to point over AT commands, as RAKwireless' RUI3 modules have it. Source: RAKwireless, RUI3 AT Command Manual.
 */

/** Listening without end, and sending all the same. */
const LISTEN_AND_SEND = 65_533
const TX_DONE_MS = 15_000
const ANSWER_MS = 1_000
/** Bandwidths that firmware 4 says by their number. */
const BANDWIDTHS_KHZ = [125, 250, 500]
/** Ends whatever stands half written in the module: `Z` is no hexadecimal digit, so half a frame is refused, not sent. */
const CLEAN = encodeLine('Z')

const ERRORS: Readonly<Record<string, () => HearthError>> = {
  AT_ERROR: () => unsupported('wrong_firmware', 'the module knows no such command'),
  AT_PARAM_ERROR: () => unsupported('wrong_settings', 'the module does not take this value'),
  AT_BUSY_ERROR: () => new HearthError('capacity_exceeded', 'the module is still sending'),
  AT_MODE_NO_SUPPORT: () => unsupported('wrong_firmware', 'the module is not in point to point mode'),
  AT_DUTYCYCLE_RESTRICTED: () => new HearthError('lora_duty_cycle_exhausted', 'the module refuses: duty cycle'),
}

/** Says a command. @returns what stands before its `OK`. */
async function command(link: Link<string>, text: string): Promise<readonly string[]> {
  const answer: string[] = []
  return link.ask(
    encodeLine(text),
    (line) => {
      if (line === 'OK') return answer
      const failed = ERRORS[line]
      if (failed) throw failed()
      // some modules repeat what they are told, and events come whenever they come
      if (line !== text && !line.startsWith('+EVT')) answer.push(line)
      return undefined
    },
    // never said twice: the second of two answers would be taken for that of the next command
    { timeoutMs: ANSWER_MS, attempts: 1 },
  )
}

async function query(link: Link<string>, name: string): Promise<string> {
  const head = `${name}=`
  const line = (await command(link, `${name}=?`)).find((said) => said.startsWith(head))
  if (line === undefined) throw unsupported('wrong_firmware', `the module does not tell ${name}`)
  return line.slice(head.length)
}

const bandwidthHz = (told: number): number => (BANDWIDTHS_KHZ[told] ?? told) * 1000

async function apply(link: Link<string>, settings: RadioSettings): Promise<void> {
  const { frequency_hz, spreading_factor, bandwidth_hz, coding_rate, preamble_symbols, tx_power_dbm } = settings
  const rest = `${coding_rate - 5}:${preamble_symbols}:${tx_power_dbm}`
  const said = (bandwidth: number): string => `AT+P2P=${frequency_hz}:${spreading_factor}:${bandwidth}:${rest}`
  await command(link, said(bandwidth_hz / 1000)).catch((error: unknown) => {
    const byNumber = BANDWIDTHS_KHZ.indexOf(bandwidth_hz / 1000)
    if (byNumber === -1) throw error
    return command(link, said(byNumber))
  })
  const [frequency = 0, factor = 0, bandwidth = 0, rate = 0, preamble = 0, power = 0] = (await query(link, 'AT+P2P'))
    .split(':')
    .map(Number)
  const told: RadioSettings = {
    frequency_hz: frequency,
    bandwidth_hz: bandwidthHz(bandwidth),
    spreading_factor: factor,
    coding_rate: rate + 5,
    preamble_symbols: preamble,
    tx_power_dbm: power,
  }
  for (const name of [
    'frequency_hz',
    'bandwidth_hz',
    'spreading_factor',
    'coding_rate',
    'preamble_symbols',
    'tx_power_dbm',
  ] as const) {
    if (told[name] !== settings[name]) throw wrongEcho(name, settings[name], told[name])
  }
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('')

/** An RUI3 module. @throws HearthError `lora_hardware_unsupported` where nothing answers as such. */
export async function openRui3(
  link: Link<string>,
  settings: RadioSettings,
  patience: Patience,
): Promise<Omit<StickSession, 'close'>> {
  await link.write(CLEAN)
  await link.ask(encodeLine('AT'), (line) => (line === 'OK' ? true : undefined), patience).catch(silentIs('no_answer', 'RUI3'))
  const firmware = await query(link, 'AT+VER')
  if ((await query(link, 'AT+NWM')) !== '0') await command(link, 'AT+NWM=0')
  await command(link, 'AT+PRECV=0')
  await apply(link, settings)
  await command(link, `AT+PRECV=${LISTEN_AND_SEND}`)
  return {
    firmware: firmware.slice(0, 128),
    settings,
    overheadBytes: 0,
    async send(frame) {
      const done = link.next((line) => {
        const failed = ERRORS[line]
        if (failed) throw failed()
        if (line.startsWith('+EVT:TXP2P') && !line.endsWith('DONE')) throw sendFailed('tx_failed')
        return line.startsWith('+EVT:TXP2P') ? true : undefined
      }, TX_DONE_MS)
      await Promise.all([link.write(encodeLine(`AT+PSEND=${hex(frame)}`)), done])
      return { airtimeMs: null }
    },
  }
}

const RECEIVED = /^\+EVT:RXP2P:(?:RSSI )?(-?\d{1,3}):(?:SNR )?(-?\d{1,3}):((?:[0-9A-Fa-f]{2})*)$/

/** What a line of the module says it heard: `+EVT:RXP2P:rssi:snr:hex`. */
export function readReceived(line: string): Heard | undefined {
  const [, rssi, snr, text] = RECEIVED.exec(line) ?? []
  if (rssi === undefined || snr === undefined || text === undefined) return undefined
  const frame = Uint8Array.from({ length: text.length / 2 }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16))
  return { frame, rssiDbm: Number(rssi), snrDb: Number(snr) }
}
