import { HearthError } from '#protocol/core/errors.ts'
import type { RadioSettings } from '#protocol/lora/records.ts'
import type { Heard, SessionOptions, StickSession } from '../stick.ts'
import { sendFailed, silentIs, unsupported, wrongEcho } from './failures.ts'
import { encodeKiss, type KissFrame } from './kiss.ts'
import type { Link, Patience } from './link.ts'
import { answerTo, COMMAND, ERROR, HARDWARE, MODEM_FRAME_BYTES } from './meshcore-commands.ts'

/** Waiting for a free channel, and then for the end of the longest frame there is (SF12). */
const TX_DONE_MS = 15_000
/** How long the signal values of a frame may take after it. */
const META_MS = 100
/** Units of 10 ms: key up at once, look at the channel every 50 ms, send when it is free at every second look. */
const TX_DELAY = 1
const SLOT_TIME = 5
const PERSISTENCE = 128

const hardware = (command: number, payload: Uint8Array | readonly number[] = []): Uint8Array<ArrayBuffer> =>
  encodeKiss(COMMAND.setHardware, [command, ...payload])

/** What `frame` says under `command`; an error the modem says instead is thrown. */
function told(frame: KissFrame, command: number): Uint8Array | undefined {
  if (frame.command !== COMMAND.setHardware) return undefined
  const [about, code] = frame.payload
  if (about === HARDWARE.error) {
    if (code === ERROR.txBusy) throw new HearthError('capacity_exceeded', 'the stick is still sending')
    throw unsupported(code === ERROR.invalidParam ? 'wrong_settings' : 'wrong_firmware', `the stick says error ${code}`, {
      code: code ?? 0,
    })
  }
  return about === command ? frame.payload.subarray(1) : undefined
}

const ask = (link: Link<KissFrame>, command: number, payload?: Uint8Array | readonly number[]): Promise<Uint8Array> =>
  link.ask(hardware(command, payload), (frame) => told(frame, answerTo(command)))

const tell = (link: Link<KissFrame>, command: number, payload: Uint8Array | readonly number[]): Promise<Uint8Array> =>
  link.ask(hardware(command, payload), (frame) => told(frame, HARDWARE.ok))

/** Frequency and bandwidth in hertz, spreading factor, coding rate: little-endian. */
function radioBytes(settings: RadioSettings): Uint8Array {
  const bytes = new Uint8Array(10)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, settings.frequency_hz, true)
  view.setUint32(4, settings.bandwidth_hz, true)
  view.setUint8(8, settings.spreading_factor)
  view.setUint8(9, settings.coding_rate)
  return bytes
}

async function apply(link: Link<KissFrame>, settings: RadioSettings): Promise<void> {
  await tell(link, HARDWARE.setRadio, radioBytes(settings))
  await tell(link, HARDWARE.setTxPower, [settings.tx_power_dbm & 0xff])
  const radio = await ask(link, HARDWARE.getRadio)
  if (radio.length < 10) throw unsupported('wrong_firmware', 'the stick tells no settings')
  const view = new DataView(radio.buffer, radio.byteOffset, radio.byteLength)
  const echo = {
    frequency_hz: view.getUint32(0, true),
    bandwidth_hz: view.getUint32(4, true),
    spreading_factor: view.getUint8(8),
    coding_rate: view.getUint8(9),
  }
  for (const name of ['frequency_hz', 'bandwidth_hz', 'spreading_factor', 'coding_rate'] as const) {
    if (echo[name] !== settings[name]) throw wrongEcho(name, settings[name], echo[name])
  }
  const power = new Int8Array(await ask(link, HARDWARE.getTxPower))[0] ?? 0
  if (power !== settings.tx_power_dbm) throw wrongEcho('tx_power_dbm', settings.tx_power_dbm, power)
}

/** Half a frame may still be in the modem from before; it forgets it when it gets more than fits. */
async function flush(link: Link<KissFrame>): Promise<void> {
  await link.write(new Uint8Array(MODEM_FRAME_BYTES + 1))
}

/** MeshCore's KISS modem firmware. @throws HearthError `lora_hardware_unsupported` where nothing answers as such. */
export async function openMeshcore(
  link: Link<KissFrame>,
  settings: RadioSettings,
  patience: Patience,
): Promise<Omit<StickSession, 'close'>> {
  await flush(link)
  // errors are about what may still have stood in there from before
  const isPong = ({ command, payload }: KissFrame): true | undefined =>
    command === COMMAND.setHardware && payload[0] === answerTo(HARDWARE.ping) ? true : undefined
  await link.ask(hardware(HARDWARE.ping), isPong, patience).catch(silentIs('no_answer', 'MeshCore KISS modem'))
  const [version = 0] = await ask(link, HARDWARE.getVersion)
  const name = new TextDecoder().decode(await ask(link, HARDWARE.getDeviceName))
  await link.write(encodeKiss(COMMAND.txDelay, [TX_DELAY]))
  await link.write(encodeKiss(COMMAND.slotTime, [SLOT_TIME]))
  await link.write(encodeKiss(COMMAND.persistence, [PERSISTENCE]))
  await link.ask(hardware(HARDWARE.setSignalReport, [1]), (frame) => told(frame, 0x9a))
  await apply(link, settings)
  return {
    firmware: `MeshCore KISS ${version}, ${name}`.slice(0, 128),
    settings,
    overheadBytes: 0,
    async send(frame) {
      // asked before: afterwards the modem may be busy, and an error would not tell which of the two it means
      const airtime = await ask(link, HARDWARE.getAirtime, [frame.length])
      const done = link.next((said) => told(said, HARDWARE.txDone), TX_DONE_MS)
      const [, [result]] = await Promise.all([link.write(encodeKiss(COMMAND.data, frame)), done])
      if (result !== 1) throw sendFailed('tx_failed')
      return { airtimeMs: new DataView(airtime.buffer, airtime.byteOffset, 4).getUint32(0, true) }
    },
  }
}

/** Joins a frame with the signal values that the modem says after it. */
export function createMeshcoreEar({
  runtime,
  onHeard,
}: Pick<SessionOptions, 'runtime' | 'onHeard'>): (frame: KissFrame) => void {
  let waiting: Uint8Array | undefined
  let cancel: () => void = () => undefined

  function give(values: Omit<Heard, 'frame'>): void {
    cancel()
    const frame = waiting
    waiting = undefined
    if (frame) onHeard({ frame, ...values })
  }

  return ({ command, payload }) => {
    if (command === COMMAND.data) {
      give({ rssiDbm: null, snrDb: null })
      waiting = payload
      cancel = runtime.after(META_MS, () => give({ rssiDbm: null, snrDb: null }))
    } else if (command === COMMAND.setHardware && payload[0] === HARDWARE.rxMeta) {
      const [snr = 0, rssi = 0] = new Int8Array(payload.subarray(1))
      give({ rssiDbm: rssi, snrDb: snr / 4 })
    }
  }
}
