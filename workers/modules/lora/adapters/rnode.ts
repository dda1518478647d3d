import { HearthError } from '#protocol/core/errors.ts'
import type { RadioSettings } from '#protocol/lora/records.ts'
import type { Adapter, ByteStreams, SessionOptions, StickSession } from '../stick.ts'
import { sendFailed, silentIs, wrongEcho } from './failures.ts'
import { createKissDecoder, encodeKiss, type KissFrame } from './kiss.ts'
import { BOOTING, createLink, type Link } from './link.ts'
import { COMMAND, DETECT_ANSWER, DETECT_QUESTION, ERROR, RSSI_OFFSET } from './rnode-commands.ts'

const FAILURES: Readonly<Record<number, string>> = {
  [ERROR.initRadio]: 'radio_failed',
  [ERROR.txFailed]: 'tx_failed',
  [ERROR.queueFull]: 'queue_full',
  [ERROR.memoryLow]: 'memory_low',
  [ERROR.modemTimeout]: 'radio_failed',
}
/** How long an error about a frame may take: the firmware looks at it when it has read it. */
const REFUSAL_MS = 150
/** How long its limit on airtime is waited for. */
const LIMIT_MS = 150
/** The tuner's step: what is echoed may lie this far from what was asked. */
const FREQUENCY_STEP_HZ = 100

const END = Uint8Array.of(0xc0)

const u32 = (value: number): readonly number[] => [value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff]
const number = (bytes: Uint8Array): number => bytes.reduce((value, byte) => value * 256 + byte, 0)

/** Asks and takes the echo under the same command. */
function echoed<T>(
  link: Link<KissFrame>,
  command: number,
  payload: readonly number[],
  read: (echo: Uint8Array) => T,
): Promise<T> {
  return link.ask(encodeKiss(command, payload), (frame) => (frame.command === command ? read(frame.payload) : undefined))
}

async function detect(link: Link<KissFrame>): Promise<string> {
  // ends what may stand half written in there; its end is not yet the beginning of another frame
  await link.write(END)
  const isRNode = ({ command, payload }: KissFrame): true | undefined =>
    command === COMMAND.detect && payload[0] === DETECT_ANSWER ? true : undefined
  await link.ask(encodeKiss(COMMAND.detect, [DETECT_QUESTION]), isRNode, BOOTING).catch(silentIs('no_answer', 'RNode firmware'))
  const [major = 0, minor = 0] = await echoed(link, COMMAND.firmwareVersion, [0], (version) => version)
  return `RNode ${major}.${minor}`
}

/** Takes the firmware's own limit on airtime off. Versions that know of none say nothing. @returns the limit it has now */
async function unlimited(link: Link<KissFrame>): Promise<number> {
  const { longTermAirtime } = COMMAND
  const question = encodeKiss(longTermAirtime, [0, 0])
  const read = ({ command, payload }: KissFrame): number | undefined =>
    command === longTermAirtime ? number(payload) : undefined
  try {
    return await link.ask(question, read, { timeoutMs: LIMIT_MS, attempts: 2 })
  } catch (error) {
    if (error instanceof HearthError && error.code === 'timeout') return 0
    throw error
  }
}

async function apply(link: Link<KissFrame>, settings: RadioSettings): Promise<RadioSettings> {
  const set = async (
    name: keyof RadioSettings | 'mode',
    command: number,
    payload: readonly number[],
    step = 0,
  ): Promise<number> => {
    const wanted = number(Uint8Array.from(payload))
    const told = await echoed(link, command, payload, number)
    if (Math.abs(told - wanted) > step) throw wrongEcho(name, wanted, told)
    return told
  }
  // off while it is set: what goes out on half of the settings disturbs others
  await echoed(link, COMMAND.radioState, [0], ([state]) => (state === 0 ? true : undefined))
  const frequency = await set('frequency_hz', COMMAND.frequency, u32(settings.frequency_hz), FREQUENCY_STEP_HZ)
  await set('bandwidth_hz', COMMAND.bandwidth, u32(settings.bandwidth_hz))
  await set('tx_power_dbm', COMMAND.txPower, [settings.tx_power_dbm & 0xff])
  await set('spreading_factor', COMMAND.spreadingFactor, [settings.spreading_factor])
  await set('coding_rate', COMMAND.codingRate, [settings.coding_rate])
  // without its own header byte: 32 bytes stay 32 on the air (LOR-1), and other kinds of stick hear the same frame
  await set('mode', COMMAND.promiscuous, [1])
  // a limit that another program left in there would hold frames back without a word; ours is the ledger (LOR-1)
  const limit = await unlimited(link)
  if (limit !== 0) throw wrongEcho('airtime', 0, limit)
  const [on = 0] = await echoed(link, COMMAND.radioState, [1], (state) => state)
  if (on !== 1) throw wrongEcho('radio', 1, on)
  return { ...settings, frequency_hz: frequency }
}

async function open(
  streams: ByteStreams,
  { runtime, settings, onHeard, onLost, signal }: SessionOptions,
): Promise<StickSession> {
  let ready = false
  let rssiDbm: number | null = null
  let snrDb: number | null = null

  function onFrame({ command, payload }: KissFrame): void {
    if (command === COMMAND.statRssi) rssiDbm = (payload[0] ?? 0) - RSSI_OFFSET
    else if (command === COMMAND.statSnr) snrDb = new Int8Array([payload[0] ?? 0])[0] ?? 0
    else if (command === COMMAND.data) {
      if (ready) onHeard({ frame: payload, rssiDbm, snrDb: snrDb === null ? null : snrDb / 4 })
      rssiDbm = null
      snrDb = null
    }
  }

  const link = createLink({ streams, decoder: createKissDecoder(), runtime, onFrame, onLost: () => ready && onLost(), signal })
  try {
    const firmware = await detect(link)
    const taken = await apply(link, settings).catch(silentIs('wrong_firmware', 'RNode firmware'))
    link.check()
    ready = true
    return {
      firmware,
      settings: taken,
      overheadBytes: 0,
      async send(frame) {
        const refused = link.next(({ command, payload: [code = 0] }) => {
          if (command === COMMAND.error) throw sendFailed(FAILURES[code] ?? `error_${code}`)
          return undefined
        }, REFUSAL_MS)
        // it says nothing about a frame it sends, only about one it does not
        await Promise.all([link.write(encodeKiss(COMMAND.data, frame)), refused]).catch((error: unknown) => {
          if (!(error instanceof HearthError && error.code === 'timeout')) throw error
        })
        return { airtimeMs: null }
      },
      async close() {
        ready = false
        await link.write(encodeKiss(COMMAND.radioState, [0])).catch(() => undefined)
        await link.write(encodeKiss(COMMAND.leave, [0xff])).catch(() => undefined)
        await link.close()
      },
    }
  } catch (error) {
    await link.close()
    throw error
  }
}

/** RNode's firmware, on SX127x and SX126x boards alike. */
export const rnode: Adapter = { id: 'rfm95w', baudRate: 115_200, open }
