import { HearthError } from '#protocol/core/errors.ts'
import type { RadioSettings } from '#protocol/lora/records.ts'
import { delay, every, type Runtime } from '../../../kernel/runtime.ts'
import type { Adapter, ByteStreams, SessionOptions, StickSession } from '../stick.ts'
import { sendFailed, silentIs, unsupported, wrongEcho } from './failures.ts'
import { createLink, type Link } from './link.ts'
import { createMeshtasticDecoder, encodeMeshtasticFrame } from './meshtastic-framing.ts'
import {
  AdminMessage,
  BROADCAST,
  type FromRadio,
  LORA_CONFIG,
  type LoRaConfig,
  ONLY_CONFIG_NONCE,
  PORT,
  parseFromRadio,
  REGION,
  ROUTING_ERROR,
  Routing,
  ToRadio,
} from './meshtastic-messages.ts'

/** Wakes a sleeping stick, and fills up whatever frame of ours it is still in the middle of (Meshtastic's client API). */
const WAKE = new Uint8Array(256).fill(0xc3)
/** First question: a stick may be starting. It is not asked again once it has begun to answer, that would start it over. */
const HELLO = { timeoutMs: 400, attempts: 10 }
const CONFIG_MS = 10_000
/** A stick drops a silent host after 15 minutes. */
const HEARTBEAT_MS = 300_000
const ACCEPT_MS = 3_000
/** How long a refusal may take after the stick has queued a frame. */
const REFUSAL_MS = 150
/** As often as Meshtastic itself passes a message on. */
const HOP_LIMIT = 3
/** Meshtastic's header, and what its `Data` has beside the payload: port, length, flags. */
const OVERHEAD_BYTES = 16 + 7
/** Source: Meshtastic firmware, RadioInterface.h. */
const PREAMBLE_SYMBOLS = 16
/** Frequencies are said in MHz as 32-bit floats, which are 61 Hz apart there. */
const FREQUENCY_STEP_HZ = 100
/** kHz; some are said without their fraction. */
const BANDWIDTHS: readonly (readonly [said: number, hz: number])[] = [
  [31, 31_250],
  [62, 62_500],
]

const REGIONS = [
  { from: 433e6, to: 434.8e6, code: REGION.eu433 },
  { from: 863e6, to: 870e6, code: REGION.eu868 },
  { from: 902e6, to: 915e6, code: REGION.us },
  { from: 915e6, to: 925e6, code: REGION.sg923 },
  { from: 925e6, to: 928e6, code: REGION.us },
]

const say = (message: ToRadio): Uint8Array<ArrayBuffer> => encodeMeshtasticFrame(ToRadio.encode(message))

/** Identifies a packet; never 0, which would have the stick choose. */
function packetId(runtime: Runtime): number {
  const id = new DataView(runtime.randomBytes(4).buffer).getUint32(0)
  return id === 0 ? 1 : id
}

function wanted(settings: RadioSettings, before: LoRaConfig): LoRaConfig {
  const { frequency_hz, bandwidth_hz, spreading_factor, coding_rate, tx_power_dbm } = settings
  const region = before.region || REGIONS.find(({ from, to }) => from <= frequency_hz && frequency_hz <= to)?.code
  if (region === undefined) throw unsupported('wrong_settings', 'Meshtastic knows no region with this frequency')
  return {
    ...before,
    usePreset: false,
    bandwidth: BANDWIDTHS.find(([, hz]) => hz === bandwidth_hz)?.[0] ?? bandwidth_hz / 1000,
    spreadFactor: spreading_factor,
    codingRate: coding_rate,
    region,
    hopLimit: before.hopLimit || HOP_LIMIT,
    txEnabled: true,
    txPower: tx_power_dbm,
    overrideFrequency: Math.fround(frequency_hz / 1e6),
  }
}

/** @throws HearthError `lora_hardware_unsupported` naming the first setting that is another. */
function check(config: LoRaConfig, settings: RadioSettings): void {
  const bandwidth = config.bandwidth ?? 0
  const told = {
    bandwidth_hz: BANDWIDTHS.find(([said]) => said === bandwidth)?.[1] ?? bandwidth * 1000,
    spreading_factor: config.spreadFactor ?? 0,
    coding_rate: config.codingRate ?? 0,
    tx_power_dbm: config.txPower ?? 0,
  }
  const frequency = Math.round((config.overrideFrequency ?? 0) * 1e6)
  if (Math.abs(frequency - settings.frequency_hz) > FREQUENCY_STEP_HZ)
    throw wrongEcho('frequency_hz', settings.frequency_hz, frequency)
  for (const name of ['bandwidth_hz', 'spreading_factor', 'coding_rate', 'tx_power_dbm'] as const) {
    if (told[name] !== settings[name]) throw wrongEcho(name, settings[name], told[name])
  }
  if (config.usePreset) throw wrongEcho('mode', 0, 1)
  if (!config.txEnabled || !config.region) throw wrongEcho('radio', 1, 0)
}

const agrees = (config: LoRaConfig, settings: RadioSettings): boolean => {
  try {
    check(config, settings)
    return true
  } catch {
    return false
  }
}

interface Hello {
  readonly me: number
  readonly firmware: string
  readonly lora: LoRaConfig
}

async function greet(link: Link<FromRadio>): Promise<Hello> {
  let me: number | undefined
  let lora: LoRaConfig | undefined
  let firmware = 'Meshtastic'
  const complete = link.next((said) => {
    me = said.myInfo?.myNodeNum ?? me
    lora = said.config?.lora ?? lora
    if (said.metadata?.firmwareVersion) firmware = `Meshtastic ${said.metadata.firmwareVersion}`.slice(0, 128)
    // one that an earlier conversation asked for may still be on its way: only with all settings it is ours
    const done = said.configCompleteId === ONLY_CONFIG_NONCE && me !== undefined && lora !== undefined
    return done ? { me, lora, firmware } : undefined
  }, CONFIG_MS)
  complete.catch(() => undefined)
  await link.write(WAKE)
  await link
    .ask(say({ wantConfigId: ONLY_CONFIG_NONCE }), ({ myInfo }) => myInfo, HELLO)
    .catch(silentIs('no_answer', 'Meshtastic firmware'))
  const { me: number, lora: config } = await complete.catch(silentIs('wrong_firmware', 'Meshtastic firmware'))
  if (number === undefined || config === undefined) throw unsupported('wrong_firmware', 'the stick tells no settings')
  return { me: number, lora: config, firmware }
}

function admin(
  runtime: Runtime,
  me: number,
  message: ReturnType<typeof AdminMessage.decode>,
): { id: number; bytes: Uint8Array<ArrayBuffer> } {
  const id = packetId(runtime)
  const decoded = { portnum: PORT.admin, payload: AdminMessage.encode(message), wantResponse: true }
  return { id, bytes: say({ packet: { to: me, decoded, id, wantAck: true, hopLimit: HOP_LIMIT } }) }
}

async function configure(link: Link<FromRadio>, { me, lora }: Hello, { runtime, settings }: SessionOptions): Promise<void> {
  if (agrees(lora, settings)) return
  await link.write(admin(runtime, me, { setConfig: { lora: wanted(settings, lora) } }).bytes)
  const question = admin(runtime, me, { getConfigRequest: LORA_CONFIG })
  const told = await link
    .ask(question.bytes, ({ packet }) => {
      const { portnum, requestId, payload } = packet?.decoded ?? {}
      if (portnum !== PORT.admin || requestId !== question.id || !payload) return undefined
      return AdminMessage.decode(payload).getConfigResponse?.lora
    })
    .catch(silentIs('wrong_settings', 'Meshtastic firmware'))
  check(told, settings)
}

/** What the stick says about the packet `id`. @throws HearthError where it refuses it. */
function verdict({ queueStatus, packet }: FromRadio, id: number): 'queued' | undefined {
  const { portnum, requestId, payload } = packet?.decoded ?? {}
  const queued = queueStatus?.meshPacketId === id
  const routed = portnum === PORT.routing && requestId === id && payload
  if (!queued && !routed) return undefined
  const code = queued ? (queueStatus.res ?? 0) : payload ? (Routing.decode(payload).errorReason ?? 0) : 0
  if (code === ROUTING_ERROR.dutyCycleLimit) throw new HearthError('lora_duty_cycle_exhausted', 'the stick refuses: duty cycle')
  if (code === ROUTING_ERROR.rateLimitExceeded) throw new HearthError('capacity_exceeded', 'the stick refuses: too many frames')
  if (code !== ROUTING_ERROR.none) throw sendFailed(code === ROUTING_ERROR.noInterface ? 'radio_failed' : `routing_${code}`)
  return queued ? 'queued' : undefined
}

async function open(streams: ByteStreams, options: SessionOptions): Promise<StickSession> {
  const { runtime, settings, onHeard, onLost, signal } = options
  let me: number | undefined
  let stopHeartbeat: () => void = () => undefined
  const lose = (): void => {
    stopHeartbeat()
    if (me !== undefined) onLost()
    me = undefined
  }

  function onFrame({ packet, rebooted }: FromRadio): void {
    if (rebooted) {
      // it has forgotten us, and takes new settings only now: begin again
      const known = me !== undefined
      lose()
      if (known) void link.close()
    }
    const { portnum, payload } = packet?.decoded ?? {}
    if (me === undefined || portnum !== PORT.private || !payload || packet?.viaMqtt || packet?.from === me) return
    // of one that was passed on, the signal is that of whoever did
    const passedOn = packet?.hopStart !== undefined && packet.hopStart !== (packet.hopLimit ?? 0)
    const known = !passedOn && packet?.rxRssi !== undefined
    onHeard({ frame: payload, rssiDbm: known ? (packet?.rxRssi ?? null) : null, snrDb: known ? (packet?.rxSnr ?? 0) : null })
  }

  const link = createLink({ streams, decoder: createMeshtasticDecoder(parseFromRadio), runtime, onFrame, onLost: lose, signal })
  try {
    const hello = await greet(link)
    await configure(link, hello, options)
    link.check()
    me = hello.me
    stopHeartbeat = every(runtime, HEARTBEAT_MS, () => void link.write(say({ heartbeat: {} })).catch(() => undefined))
    return {
      firmware: hello.firmware,
      settings: { ...settings, preamble_symbols: PREAMBLE_SYMBOLS },
      overheadBytes: OVERHEAD_BYTES,
      async send(frame) {
        const id = packetId(runtime)
        const decoded = { portnum: PORT.private, payload: frame }
        const queued = link.next((said) => (verdict(said, id) === 'queued' ? true : undefined), ACCEPT_MS)
        // the refusal may follow at once or a little later: it is listened for from the start
        const refused = link.next((said) => void verdict(said, id), ACCEPT_MS + REFUSAL_MS)
        refused.catch(() => undefined)
        await Promise.all([
          link.write(say({ packet: { to: BROADCAST, decoded, id, wantAck: false, hopLimit: HOP_LIMIT } })),
          queued,
        ])
        await Promise.race([refused, delay(runtime, REFUSAL_MS)])
        return { airtimeMs: null }
      },
      async close() {
        me = undefined
        stopHeartbeat()
        await link.write(say({ disconnect: true })).catch(() => undefined)
        await link.close()
      },
    }
  } catch (error) {
    await link.close()
    throw error
  }
}

/** Meshtastic's firmware, over its serial API. */
export const meshtastic: Adapter = { id: 'meshtastic', baudRate: 115_200, open }
