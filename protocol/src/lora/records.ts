import type { Static } from '@sinclair/typebox'
import { CountSchema, NodeIdSchema, OneOf, Strict, TimeSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'

// what screens and other modules read of the radio; shared by several capabilities

const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

/** LoraDeviceID: SHA-256 of the NodeID, the first four bytes in hex. A name on the air, never a proof of who sends. */
export const SenderHashSchema = Type.String({ pattern: '^[0-9a-f]{8}$', description: 'SHA-256(NodeID)[:4]' })
/** LoraBeaconID: who, their clock, their count. */
export const BeaconIdSchema = Type.String({ pattern: '^[0-9a-f]{8}:\\d{1,10}:\\d{1,5}$' })

export const ADAPTER_IDS = ['meshtastic', 'rfm95w', 'sx126x'] as const
export type AdapterId = (typeof ADAPTER_IDS)[number]

export const REGIONS = ['EU868', 'US915', 'AS923'] as const
export type Region = (typeof REGIONS)[number]

/** What the radio is set to, as the stick echoed it. */
export const RadioSettingsSchema = Strict({
  frequency_hz: Type.Integer({ minimum: 137_000_000, maximum: 1_020_000_000 }),
  bandwidth_hz: Type.Integer({ minimum: 7_800, maximum: 500_000 }),
  spreading_factor: Type.Integer({ minimum: 7, maximum: 12 }),
  /** 5 is 4/5, 8 is 4/8. */
  coding_rate: Type.Integer({ minimum: 5, maximum: 8 }),
  preamble_symbols: Type.Integer({ minimum: 6, maximum: 65_535 }),
  tx_power_dbm: Type.Integer({ minimum: -9, maximum: 30 }),
})
export type RadioSettings = Static<typeof RadioSettingsSchema>

/**
 * `none`: nobody attached one; `waiting`: attached and not plugged in, or its port is taken; `opening`: plugged in, being set
 * up; `ready`; `unsupported`: something else answers there than the adapter expects.
 */
export const STICK_STATES = ['none', 'waiting', 'opening', 'ready', 'unsupported'] as const
export type StickState = (typeof STICK_STATES)[number]

/** Why a stick is not ready. */
export const STICK_PROBLEMS = [
  'unplugged',
  'port_taken',
  'permission_missing',
  'no_answer',
  'wrong_firmware',
  'wrong_settings',
  'no_serial',
] as const
export type StickProblem = (typeof STICK_PROBLEMS)[number]

export const StickSchema = Strict({
  state: OneOf(STICK_STATES),
  adapter: OrNull(OneOf(ADAPTER_IDS)),
  problem: OrNull(OneOf(STICK_PROBLEMS)),
  /** What it says it runs; null until it said so. */
  firmware: OrNull(Type.String({ maxLength: 128 })),
  settings: OrNull(RadioSettingsSchema),
  /** Nothing of this reaches the air: every screen says so. */
  simulated: Type.Boolean(),
})
export type StickRecord = Static<typeof StickSchema>

export const FlagsSchema = Strict({
  panic: Type.Boolean(),
  ok: Type.Boolean(),
  gateway: Type.Boolean(),
  low_battery: Type.Boolean(),
})
export type Flags = Static<typeof FlagsSchema>

/**
 * How sure it is that a frame comes from whom it names. `proven`: its key arrived and fits the sender's signed anchor, or
 * its panic token does; `pending`: it may still become so; `unproven`: anybody with a stick can have sent it.
 */
export const PROOFS = ['proven', 'pending', 'unproven'] as const
export type Proof = (typeof PROOFS)[number]

/** Why a frame is not proven; null while it is or may become so. */
export const DOUBTS = [
  /** A v1 frame: it carries no proof. */
  'unsigned',
  /** Nobody whose hash this is has an anchor here. */
  'no_anchor',
  /** Came when its key could already be known to others: a late replay, or clocks apart. */
  'late',
  /** From a time that has not come yet by this device's clock. */
  'ahead',
  /** Its key does not lead to the anchor, or its MAC is not of that key. */
  'forged',
  /** Older than what is proven of this sender. */
  'replayed',
  /** So many frames claimed to be this sender's that not all could wait for the key. */
  'crowded',
] as const
export type Doubt = (typeof DOUBTS)[number]

/**
 * What the person made of a sender (LOR-3). `candidate`: a member's hash, not yet confirmed by a person; `conflict`: more
 * than one NodeID claims it.
 */
export const PEER_STATES = ['confirmed', 'candidate', 'unknown', 'blocked', 'conflict'] as const
export type PeerState = (typeof PEER_STATES)[number]

const signal = {
  /** dBm; null where the stick does not tell. */
  rssi_dbm: OrNull(Type.Number()),
  /** dB; null where the stick does not tell. */
  snr_db: OrNull(Type.Number()),
}

/** Who a hash may be. */
const who = {
  sender_hash: SenderHashSchema,
  state: OneOf(PEER_STATES),
  /** Whom a person confirmed, or the one candidate; null otherwise. */
  node_id: OrNull(NodeIdSchema),
  /** As the member list has it; null for who is no member. */
  display_name: OrNull(Type.String()),
}

export const PeerRecordSchema = Strict({
  ...who,
  /** A person decided to leave an unknown one unknown: not to be asked about again. */
  settled: Type.Boolean(),
  /** Members whose hash this is. */
  candidates: Type.Array(Strict({ node_id: NodeIdSchema, display_name: Type.String(), short_id: Type.String() })),
  first_heard_at: TimeSchema,
  last_heard_at: TimeSchema,
  /** When a frame of theirs was last proven. */
  last_proven_at: OrNull(TimeSchema),
  ...signal,
  frames: CountSchema,
  /** Of the newest frame. */
  version: Type.Integer({ minimum: 1, maximum: 2 }),
  flags: FlagsSchema,
  proof: OneOf(PROOFS),
  doubt: OrNull(OneOf(DOUBTS)),
  /** Whether this sender has an anchor here, so that its frames can be proven at all. */
  anchored: Type.Boolean(),
  /** Seconds their clock was ahead of ours in the newest frame; null within the tolerated error. */
  clock_ahead_seconds: OrNull(Type.Integer()),
})
export type PeerRecord = Static<typeof PeerRecordSchema>

export const BeaconRecordSchema = Strict({
  beacon_id: BeaconIdSchema,
  ...who,
  /** By this device's clock: what orders (M29 frame v1). */
  heard_at: TimeSchema,
  /** By the sender's. */
  sent_at: TimeSchema,
  sequence: Type.Integer({ minimum: 0, maximum: 65_535 }),
  version: Type.Integer({ minimum: 1, maximum: 2 }),
  flags: FlagsSchema,
  proof: OneOf(PROOFS),
  doubt: OrNull(OneOf(DOUBTS)),
  ...signal,
})
export type BeaconRecord = Static<typeof BeaconRecordSchema>

/** A call for help as it stands (LOR-4). */
export const PanicRecordSchema = Strict({
  ...who,
  /** `network`: their signed event, heard over the mesh; it is always proven. */
  via: OneOf(['radio', 'network']),
  since: TimeSchema,
  last_heard_at: TimeSchema,
  frames: CountSchema,
  proof: OneOf(PROOFS),
  doubt: OrNull(OneOf(DOUBTS)),
  /** `said`: a frame that anybody can have sent says they are fine; `proven`: they say so themselves. */
  over: OneOf(['no', 'said', 'proven']),
  ...signal,
})
export type PanicRecord = Static<typeof PanicRecordSchema>

/** Airtime of one sub-band in its window (LOR-1). */
export const BudgetSchema = Strict({
  sub_band: Type.String(),
  used_ms: Type.Number({ minimum: 0 }),
  limit_ms: Type.Number({ minimum: 0 }),
  window_seconds: Type.Integer({ minimum: 1 }),
  /** Airtime of one beacon with the settings in force. */
  beacon_ms: Type.Number({ minimum: 0 }),
  /** When the next one may go; null while it may go now. */
  next_at: OrNull(TimeSchema),
})
export type BudgetRecord = Static<typeof BudgetSchema>
