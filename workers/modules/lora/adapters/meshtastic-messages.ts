import {
  bool,
  type Fields,
  fixed32,
  float,
  int32,
  type Kind,
  one,
  message as protobufMessage,
  string,
  uint32,
  bytes as viewedBytes,
} from '../../../kernel/protobuf.ts'

/*
 * What HearthNet says and hears of Meshtastic's serial API. Field numbers: meshtastic/protobufs, mesh.proto, config.proto,
 * admin.proto, portnums.proto.
 */

/** Copied: what is kept of a frame must not keep the port's buffer. */
const bytes: Kind<Uint8Array> = { ...viewedBytes, read: (reader) => viewedBytes.read(reader).slice() }
/** Strict: noise on a serial line is rarely a message then. */
const message = <F extends Fields>(fields: F) => protobufMessage(fields, { strict: true })

export const BROADCAST = 0xffffffff
export const PORT = { routing: 5, admin: 6, private: 256 } as const
/** RoutingError of mesh.proto. */
export const ROUTING_ERROR = { none: 0, noInterface: 4, dutyCycleLimit: 9, rateLimitExceeded: 38 } as const
/** RegionCode of config.proto: unset sticks do not transmit. */
export const REGION = { unset: 0, us: 1, eu433: 2, eu868: 3, th: 12, my919: 17, sg923: 18 } as const
/** ConfigType of admin.proto. */
export const LORA_CONFIG = 5

export const Data = message({
  portnum: one(1, uint32),
  payload: one(2, bytes),
  wantResponse: one(3, bool),
  requestId: one(6, fixed32),
  bitfield: one(9, uint32),
})

/**
 * What must follow the payload is written behind it: a frame that was cut and later filled up with anything is then no
 * message, and the stick drops it instead of sending a beacon that nobody made.
 */
const MeshPacket = message({
  from: one(1, fixed32),
  to: one(2, fixed32),
  channel: one(3, uint32),
  decoded: one(4, Data),
  encrypted: one(5, bytes),
  id: one(6, fixed32),
  rxTime: one(7, fixed32),
  rxSnr: one(8, float),
  rxRssi: one(12, int32),
  viaMqtt: one(14, bool),
  hopStart: one(15, uint32),
  wantAck: one(10, bool),
  hopLimit: one(9, uint32),
})

export type MeshPacket = ReturnType<typeof MeshPacket.decode>

export const LoRaConfig = message({
  usePreset: one(1, bool),
  modemPreset: one(2, uint32),
  /** kHz */
  bandwidth: one(3, uint32),
  spreadFactor: one(4, uint32),
  codingRate: one(5, uint32),
  /** MHz */
  frequencyOffset: one(6, float),
  region: one(7, uint32),
  hopLimit: one(8, uint32),
  txEnabled: one(9, bool),
  /** dBm; 0 means as much as the region allows. */
  txPower: one(10, int32),
  channelNum: one(11, uint32),
  overrideDutyCycle: one(12, bool),
  /** MHz */
  overrideFrequency: one(14, float),
})
export type LoRaConfig = ReturnType<typeof LoRaConfig.decode>

const Config = message({ lora: one(6, LoRaConfig) })

export const AdminMessage = message({
  getConfigRequest: one(5, uint32),
  getConfigResponse: one(6, Config),
  setConfig: one(34, Config),
  sessionPasskey: one(101, bytes),
})

export const Routing = message({ errorReason: one(3, uint32) })

const QueueStatus = message({ res: one(1, int32), free: one(2, uint32), maxlen: one(3, uint32), meshPacketId: one(4, uint32) })
const Empty = message({})

export const FromRadio = message({
  id: one(1, uint32),
  packet: one(2, MeshPacket),
  myInfo: one(3, message({ myNodeNum: one(1, uint32) })),
  config: one(5, Config),
  logRecord: one(6, Empty),
  configCompleteId: one(7, uint32),
  rebooted: one(8, bool),
  queueStatus: one(11, QueueStatus),
  metadata: one(13, message({ firmwareVersion: one(1, string), hwModel: one(9, uint32) })),
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
  packet: one(1, MeshPacket),
  wantConfigId: one(3, uint32),
  disconnect: one(4, bool),
  heartbeat: one(7, Empty),
})
export type ToRadio = ReturnType<typeof ToRadio.decode>

/** `want_config_id` that asks for settings only: without it a stick tells every node it has ever heard. */
export const ONLY_CONFIG_NONCE = 69420
