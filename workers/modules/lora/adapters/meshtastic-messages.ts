import { bool, bytes, fixed32, float, int32, message, string, uint32 } from './protobuf.ts'

/*
 * What HearthNet says and hears of Meshtastic's serial API. Field numbers: meshtastic/protobufs, mesh.proto, config.proto,
 * admin.proto, portnums.proto.
 */

export const BROADCAST = 0xffffffff
export const PORT = { routing: 5, admin: 6, private: 256 } as const
/** RoutingError of mesh.proto. */
export const ROUTING_ERROR = { none: 0, noInterface: 4, dutyCycleLimit: 9, rateLimitExceeded: 38 } as const
/** RegionCode of config.proto: unset sticks do not transmit. */
export const REGION = { unset: 0, us: 1, eu433: 2, eu868: 3, th: 12, my919: 17, sg923: 18 } as const
/** ConfigType of admin.proto. */
export const LORA_CONFIG = 5

export const Data = message({
  portnum: [1, uint32],
  payload: [2, bytes],
  wantResponse: [3, bool],
  requestId: [6, fixed32],
  bitfield: [9, uint32],
})

/**
 * What must follow the payload is written behind it: a frame that was cut and later filled up with anything is then no
 * message, and the stick drops it instead of sending a beacon that nobody made.
 */
const MeshPacket = message({
  from: [1, fixed32],
  to: [2, fixed32],
  channel: [3, uint32],
  decoded: [4, Data],
  encrypted: [5, bytes],
  id: [6, fixed32],
  rxTime: [7, fixed32],
  rxSnr: [8, float],
  rxRssi: [12, int32],
  viaMqtt: [14, bool],
  hopStart: [15, uint32],
  wantAck: [10, bool],
  hopLimit: [9, uint32],
})

export type MeshPacket = ReturnType<typeof MeshPacket.decode>

export const LoRaConfig = message({
  usePreset: [1, bool],
  modemPreset: [2, uint32],
  /** kHz */
  bandwidth: [3, uint32],
  spreadFactor: [4, uint32],
  codingRate: [5, uint32],
  /** MHz */
  frequencyOffset: [6, float],
  region: [7, uint32],
  hopLimit: [8, uint32],
  txEnabled: [9, bool],
  /** dBm; 0 means as much as the region allows. */
  txPower: [10, int32],
  channelNum: [11, uint32],
  overrideDutyCycle: [12, bool],
  /** MHz */
  overrideFrequency: [14, float],
})
export type LoRaConfig = ReturnType<typeof LoRaConfig.decode>

const Config = message({ lora: [6, LoRaConfig] })

export const AdminMessage = message({
  getConfigRequest: [5, uint32],
  getConfigResponse: [6, Config],
  setConfig: [34, Config],
  sessionPasskey: [101, bytes],
})

export const Routing = message({ errorReason: [3, uint32] })

const QueueStatus = message({ res: [1, int32], free: [2, uint32], maxlen: [3, uint32], meshPacketId: [4, uint32] })
const Empty = message({})

export const FromRadio = message({
  id: [1, uint32],
  packet: [2, MeshPacket],
  myInfo: [3, message({ myNodeNum: [1, uint32] })],
  config: [5, Config],
  logRecord: [6, Empty],
  configCompleteId: [7, uint32],
  rebooted: [8, bool],
  queueStatus: [11, QueueStatus],
  metadata: [13, message({ firmwareVersion: [1, string], hwModel: [9, uint32] })],
})
export type FromRadio = ReturnType<typeof FromRadio.decode>

/** Far above what `FromRadio` has today; noise that happens to be protobuf usually names a higher one. */
const HIGHEST_FIELD = 63

/** @throws RangeError where the bytes are no message of the stick. */
export function parseFromRadio(input: Uint8Array): FromRadio {
  const said = FromRadio.decode(input)
  if (Object.keys(said).length === 0) throw new RangeError('says nothing')
  for (const [first = 0, second = 0] of said.unknown ?? []) {
    const tag = first < 0x80 ? first : (first & 0x7f) | (second << 7)
    if (second >= 0x80 && first >= 0x80) throw new RangeError('no such field')
    if (tag >>> 3 > HIGHEST_FIELD) throw new RangeError('no such field')
  }
  return said
}

export const ToRadio = message({
  packet: [1, MeshPacket],
  wantConfigId: [3, uint32],
  disconnect: [4, bool],
  heartbeat: [7, Empty],
})
export type ToRadio = ReturnType<typeof ToRadio.decode>

/** `want_config_id` that asks for settings only: without it a stick tells every node it has ever heard. */
export const ONLY_CONFIG_NONCE = 69420
