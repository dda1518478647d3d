import { encodeMeshtasticFrame } from './adapters/meshtastic-framing.ts'
import {
  AdminMessage,
  BROADCAST,
  Data,
  FromRadio,
  LORA_CONFIG,
  type LoRaConfig,
  type MeshPacket,
  PORT,
  ROUTING_ERROR,
  Routing,
  ToRadio,
} from './adapters/meshtastic-messages.ts'
import type { HeardFrame, Tuning } from './ether.ts'
import type { FirmwareSetup } from './simulated-firmware.ts'
import type { Firmware } from './simulated-port.ts'
import { createSimulatedRadio, isPossible } from './simulated-radio.ts'

const HOUR_MS = 3_600_000
const QUEUE_MAX = 16
const SEEN_MAX = 128
const HEADER_BYTES = 16
/** LongFast on the one slot of the European band, region chosen by whoever owned it before. */
const FACTORY: LoRaConfig = {
  usePreset: true,
  bandwidth: 250,
  spreadFactor: 11,
  codingRate: 5,
  region: 3,
  hopLimit: 3,
  txEnabled: true,
  overrideFrequency: Math.fround(869.525),
}

type Packet = MeshPacket

/**
 * The firmware's own reader of the serial line: it does not go back, so half a frame takes the beginning of the next.
 * Source: Meshtastic firmware, StreamAPI.cpp.
 */
function createStreamReader(onMessage: (bytes: Uint8Array) => void): (bytes: Uint8Array) => void {
  const HEADER = [0x94, 0xc3]
  let frame: number[] = []
  return (bytes) => {
    for (const byte of bytes) {
      if (frame.length < 2 && byte !== HEADER[frame.length]) {
        frame = []
        continue
      }
      frame.push(byte)
      const length = ((frame[2] ?? 0) << 8) | (frame[3] ?? 0)
      if (frame.length === 4 && length > 512) frame = []
      if (frame.length < 4 || frame.length < 4 + length) continue
      const message = Uint8Array.from(frame.slice(4))
      frame = []
      onMessage(message)
    }
  }
}

/** On the air: to, from, id, flags with the hops, and what is encrypted on a real one. */
function toAir({ to = BROADCAST, from = 0, id = 0, hopLimit = 0, hopStart = 0, decoded }: Packet): Uint8Array {
  // firmware since 2.5 sends flags with it
  const inner = Data.encode({ ...decoded, bitfield: 1 })
  const bytes = new Uint8Array(HEADER_BYTES + inner.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, to, true)
  view.setUint32(4, from, true)
  view.setUint32(8, id, true)
  view.setUint8(12, (hopLimit & 7) | ((hopStart & 7) << 5))
  bytes.set(inner, HEADER_BYTES)
  return bytes
}

function fromAir({ bytes, rssiDbm, snrDb }: HeardFrame): Packet | undefined {
  if (bytes.length <= HEADER_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const decoded = Data.decode(bytes.subarray(HEADER_BYTES))
    const flags = view.getUint8(12)
    return {
      to: view.getUint32(0, true),
      from: view.getUint32(4, true),
      id: view.getUint32(8, true),
      hopLimit: flags & 7,
      hopStart: flags >> 5,
      decoded,
      rxRssi: rssiDbm,
      rxSnr: snrDb,
    }
  } catch {
    // of another network, whose key it does not have
    return undefined
  }
}

/** Meshtastic's firmware as far as a host sees it. Source: its PhoneAPI, StreamAPI, MeshService and Router. */
export function createSimulatedMeshtastic({ runtime, join, say, faults = {} }: FirmwareSetup): Firmware {
  const me = new DataView(runtime.randomBytes(4).buffer).getUint32(0)
  const seen: number[] = []
  let lora = FACTORY
  let attended = false
  let reader = createStreamReader(take)

  const antenna = join((heard) => {
    const packet = fromAir(heard)
    if (packet) hear(packet)
  })
  const radio = createSimulatedRadio(runtime, antenna, QUEUE_MAX)

  function tell(message: ReturnType<typeof FromRadio.decode>): void {
    if (attended) say(encodeMeshtasticFrame(FromRadio.encode(message)))
  }

  function tuning(): Tuning {
    const { overrideFrequency = 0, bandwidth = 0, spreadFactor = 0, codingRate = 0 } = lora
    return {
      frequencyHz: Math.round((overrideFrequency * 1e6) / 1000) * 1000,
      bandwidthHz: bandwidth * 1000,
      spreadingFactor: spreadFactor,
      codingRate,
      preambleSymbols: 16,
      syncWord: 0x2b,
    }
  }

  /** Whether this packet is new here. */
  function note(id: number): boolean {
    if (seen.includes(id)) return false
    seen.push(id)
    if (seen.length > SEEN_MAX) seen.shift()
    return true
  }

  function hear(packet: Packet): void {
    if (packet.from === me || !note(packet.id ?? 0)) return
    tell({ packet })
    const left = packet.hopLimit ?? 0
    if (left === 0 || packet.to !== BROADCAST) return
    // passed on after a while that differs from node to node, so that they do not all do it at once
    const wait = 200 + ((runtime.randomBytes(1)[0] ?? 0) / 256) * 2000
    runtime.after(wait, () => {
      if (lora.txEnabled) transmit({ ...packet, hopLimit: left - 1 })
    })
  }

  const transmit = (packet: Packet): boolean => radio.send(toAir(packet), lora.txPower || 22, () => undefined)

  function route(packet: Packet): number {
    if (!lora.txEnabled || !lora.region) return ROUTING_ERROR.noInterface
    const limit = faults.dutyCycle ?? 1
    if (!lora.overrideDutyCycle && radio.hourMs() / HOUR_MS > limit) return ROUTING_ERROR.dutyCycleLimit
    note(packet.id ?? 0)
    return transmit(packet) ? ROUTING_ERROR.none : ROUTING_ERROR.rateLimitExceeded
  }

  function answer(requestId: number, portnum: number, payload: Uint8Array): void {
    tell({ packet: { from: me, to: me, id: (requestId ^ 0xffff) >>> 0, decoded: { portnum, payload, requestId } } })
  }

  function administer({ id = 0, decoded }: Packet): void {
    const message = AdminMessage.decode(decoded?.payload ?? new Uint8Array(0))
    if (message.setConfig?.lora) {
      lora = message.setConfig.lora
      listen()
    }
    if (message.getConfigRequest === LORA_CONFIG) {
      const told = faults.wrongEcho === undefined ? lora : { ...lora, spreadFactor: (lora.spreadFactor ?? 0) ^ 1 }
      answer(id, PORT.admin, AdminMessage.encode({ getConfigResponse: { lora: told } }))
    }
  }

  function sendFor(packet: Packet): void {
    const { id = 0, to } = packet
    if (to === me) {
      if (packet.decoded?.portnum === PORT.admin) administer(packet)
      tell({ queueStatus: { free: QUEUE_MAX, maxlen: QUEUE_MAX, meshPacketId: id } })
      return
    }
    const error = route({ ...packet, from: me, hopStart: packet.hopLimit ?? 0 })
    if (error !== ROUTING_ERROR.none) answer(id, PORT.routing, Routing.encode({ errorReason: error }))
    tell({ queueStatus: { res: error, free: QUEUE_MAX - 1, maxlen: QUEUE_MAX, meshPacketId: id } })
  }

  function tellAll(nonce: number): void {
    tell({ myInfo: { myNodeNum: me } })
    tell({ metadata: { firmwareVersion: '2.7.15', hwModel: 255 } })
    tell({ config: { lora } })
    tell({ configCompleteId: nonce })
  }

  function take(bytes: Uint8Array): void {
    let message: ReturnType<typeof ToRadio.decode>
    try {
      message = ToRadio.decode(bytes)
    } catch {
      return
    }
    if (message.wantConfigId !== undefined) {
      attended = true
      tellAll(message.wantConfigId)
    }
    if (message.disconnect) attended = false
    if (message.packet) sendFor(message.packet)
  }

  const listen = (): void => antenna.tune(isPossible(tuning()) ? tuning() : null)

  return {
    boot() {
      say(new TextEncoder().encode('\u001b[34mDEBUG | ??:??:?? 0 Booting, //\\ E S H T /\\ S T / C\u001b[0m\r\n'))
      listen()
    },
    off() {
      // settings and number lie in its flash
      attended = false
      reader = createStreamReader(take)
      radio.clear()
      antenna.tune(null)
    },
    receive(bytes) {
      if (!faults.mute) reader(bytes)
    },
  }
}
