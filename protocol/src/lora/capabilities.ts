import { configChanged } from '../config/events.ts'
import { defineCapability } from '../core/capability.ts'
import { NodeIdSchema, OneOf, Strict, TimeSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { meshChanged } from '../node/events.ts'
import {
  beaconReceived,
  beaconSent,
  chainAnchored,
  dutyCycleExhausted,
  dutyCycleOverridden,
  panicEnded,
  panicReceived,
  panicSent,
  peerConflict,
  peerUnknown,
  peerVerified,
  rxDropped,
  stickChanged,
} from './events.ts'
import {
  ADAPTER_IDS,
  BeaconIdSchema,
  BeaconRecordSchema,
  FlagsSchema,
  PeerRecordSchema,
  SenderHashSchema,
  StickSchema,
} from './records.ts'
import { StatusSchema } from './status.ts'

const ask = { stability: 'experimental', trust: 'self', idempotent: true, errors: ['experimental_disabled'] } as const
const act = { stability: 'experimental', trust: 'self' } as const
const Nothing = Strict({})

const heard = [beaconReceived, panicReceived, peerUnknown, peerVerified, peerConflict]

/** Everything the one large page shows but the lists. */
export const loraStatus = defineCapability({
  ...ask,
  name: 'experimental.lora.status',
  input: Nothing,
  output: StatusSchema,
  answersFrom: [
    ...heard,
    beaconSent,
    dutyCycleExhausted,
    dutyCycleOverridden,
    rxDropped,
    stickChanged,
    chainAnchored,
    panicSent,
    panicEnded,
    configChanged,
    meshChanged,
  ],
})

/** "I am here", or "I am fine". Over budget it does not go, and says when it may (LOR-2). */
export const beaconSend = defineCapability({
  ...act,
  name: 'experimental.lora.beacon.send',
  maxConcurrent: 1,
  errors: ['experimental_disabled', 'lora_hardware_unavailable', 'lora_hardware_unsupported', 'lora_duty_cycle_exhausted'],
  input: Strict({ ok: Type.Boolean() }),
  output: Strict({ beacon_id: BeaconIdSchema, sent_at: TimeSchema, airtime_ms: Type.Number() }),
})

/**
 * "Help": three frames, 800 ms apart, and the flag on every beacon until `panic.cancel` (LOR-2). Answers after the first
 * frame. The deliberate gesture and the countdown before it are the screen's.
 */
export const panicSend = defineCapability({
  ...act,
  name: 'experimental.lora.panic.send',
  maxConcurrent: 1,
  errors: ['experimental_disabled', 'lora_hardware_unavailable', 'lora_hardware_unsupported', 'lora_duty_cycle_exhausted'],
  input: Nothing,
  output: Strict({ beacon_id: BeaconIdSchema, sent_at: TimeSchema, overridden: Type.Boolean() }),
})

/** Ends this device's call for help: what is left of the burst does not go, the next beacon says "I am fine". */
export const panicCancel = defineCapability({
  ...act,
  name: 'experimental.lora.panic.cancel',
  errors: ['experimental_disabled'],
  input: Nothing,
  output: Nothing,
})

/** Whoever was heard, the last heard first. */
export const peerList = defineCapability({
  ...ask,
  name: 'experimental.lora.peer.list',
  input: Nothing,
  output: Strict({ peers: Type.Array(PeerRecordSchema) }),
  answersFrom: [...heard, chainAnchored],
})

/** A person says who a hash is, having compared the short id or scanned a code (LOR-3). */
export const peerVerify = defineCapability({
  ...act,
  name: 'experimental.lora.peer.verify',
  errors: ['experimental_disabled', 'lora_peer_unknown', 'lora_peer_conflict'],
  input: Strict({ sender_hash: SenderHashSchema, node_id: NodeIdSchema }),
  output: Nothing,
})

/** Leaves a sender unknown without being asked again, blocks it, or forgets what was decided (LOR-3). */
export const peerDecide = defineCapability({
  ...act,
  name: 'experimental.lora.peer.decide',
  errors: ['experimental_disabled', 'lora_peer_unknown'],
  input: Strict({ sender_hash: SenderHashSchema, decision: OneOf(['keep', 'block', 'forget']) }),
  output: Nothing,
})

/** What was heard, newest first. */
export const recentBeacons = defineCapability({
  ...ask,
  name: 'experimental.lora.recent_beacons',
  input: Strict({
    limit: Type.Integer({ minimum: 1, maximum: 500 }),
    sender_hash: Type.Optional(SenderHashSchema),
  }),
  output: Strict({ beacons: Type.Array(BeaconRecordSchema) }),
  answersFrom: heard,
})

/** Airtime by sub-band of the region, and what used it within its window (LOR-1). */
export const dutyCycle = defineCapability({
  ...ask,
  name: 'experimental.lora.duty_cycle',
  input: Nothing,
  output: Strict({
    region: Type.String(),
    bands: Type.Array(
      Strict({
        sub_band: Type.String(),
        from_hz: Type.Integer(),
        to_hz: Type.Integer(),
        used_ms: Type.Number(),
        limit_ms: Type.Number(),
        window_seconds: Type.Integer(),
        /** Longest single frame; null without such a rule. */
        dwell_ms: Type.Union([Type.Number(), Type.Null()]),
        source: Type.String(),
        /** Whether the stick's channel lies in it. */
        current: Type.Boolean(),
      }),
    ),
    /** Newest first. */
    sent: Type.Array(
      Strict({
        at: TimeSchema,
        sub_band: Type.String(),
        airtime_ms: Type.Number(),
        kind: OneOf(['beacon', 'panic', 'test']),
        overridden: Type.Boolean(),
      }),
    ),
  }),
  answersFrom: [beaconSent, panicSent, dutyCycleExhausted, dutyCycleOverridden, stickChanged, configChanged],
})

/** Kinds of sticks this app knows, and the ports this person has let it use. The page asks for a port, it needs a click. */
export const stickList = defineCapability({
  ...ask,
  name: 'experimental.lora.stick.list',
  input: Nothing,
  output: Strict({
    adapters: Type.Array(OneOf(ADAPTER_IDS)),
    ports: Type.Array(
      Strict({
        port_id: Type.String({ maxLength: 64 }),
        usb_vendor_id: Type.Union([Type.Integer(), Type.Null()]),
        usb_product_id: Type.Union([Type.Integer(), Type.Null()]),
        /** The adapter such a chip usually is; null where nobody can tell. */
        likely: Type.Union([OneOf(ADAPTER_IDS), Type.Null()]),
      }),
    ),
    /** Null while nothing is attached. */
    attached: Type.Union([
      Strict({
        adapter: OneOf(ADAPTER_IDS),
        port_id: Type.Union([Type.String(), Type.Null()]),
        simulated: Type.Boolean(),
      }),
      Type.Null(),
    ]),
  }),
  answersFrom: [stickChanged, configChanged],
})

/** Uses this stick from now on, also after a restart and after it was unplugged. A simulated one needs no port. */
export const stickAttach = defineCapability({
  ...act,
  name: 'experimental.lora.stick.attach',
  timeoutSeconds: 30,
  maxConcurrent: 1,
  errors: ['experimental_disabled', 'lora_hardware_unavailable', 'lora_hardware_unsupported'],
  input: Strict({
    adapter: OneOf(ADAPTER_IDS),
    port_id: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
    simulated: Type.Boolean(),
  }),
  /** The state it got to within the time; it goes on by itself. */
  output: Strict({ stick: StickSchema }),
})

export const stickDetach = defineCapability({
  ...act,
  name: 'experimental.lora.stick.detach',
  errors: ['experimental_disabled'],
  input: Nothing,
  output: Nothing,
})

/** Steps of a self-test, in order; each says whether it went well. It sends one beacon. */
export const STICK_TEST_STEPS = ['port', 'firmware', 'settings', 'send'] as const

export const stickTest = defineCapability({
  ...act,
  name: 'experimental.lora.stick.test',
  timeoutSeconds: 30,
  maxConcurrent: 1,
  errors: ['experimental_disabled'],
  input: Nothing,
  output: Strict({
    steps: Type.Array(
      Strict({
        step: OneOf(STICK_TEST_STEPS),
        outcome: OneOf(['ok', 'failed', 'skipped']),
        /** An error code where it failed. */
        code: Type.Union([Type.String(), Type.Null()]),
      }),
    ),
  }),
})

/** The page tells the node how the battery is: a worker cannot ask. */
export const batteryReport = defineCapability({
  ...act,
  name: 'experimental.lora.battery.report',
  errors: ['experimental_disabled'],
  input: Strict({ low: Type.Boolean() }),
  output: Nothing,
})

/** Whether this node has heard the one who asks, and how well: a member learns of themselves alone. */
export const loraHearing = defineCapability({
  name: 'experimental.lora.hearing',
  stability: 'experimental',
  trust: 'member',
  idempotent: true,
  errors: ['experimental_disabled'],
  input: Nothing,
  output: Strict({
    last: Type.Union([
      Strict({
        at: TimeSchema,
        rssi_dbm: Type.Union([Type.Number(), Type.Null()]),
        snr_db: Type.Union([Type.Number(), Type.Null()]),
      }),
      Type.Null(),
    ]),
  }),
})

/** Who is there, for other modules: every proven beacon of a confirmed member, as it comes. */
export const presenceFollow = defineCapability({
  ...act,
  name: 'experimental.lora.presence.follow',
  timeoutSeconds: 0,
  errors: ['experimental_disabled'],
  input: Nothing,
  output: Nothing,
  stream: Strict({ node_id: NodeIdSchema, heard_at: TimeSchema, flags: FlagsSchema }),
})
