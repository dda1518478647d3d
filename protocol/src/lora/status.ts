import { CountSchema, NodeIdSchema, OneOf, Strict, TimeSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { BudgetSchema, FlagsSchema, PanicRecordSchema, SenderHashSchema, StickSchema } from './records.ts'

/** Everything the one large page shows but the lists. */
export const StatusSchema = Strict({
  /** `unavailable` without a stick that can send (LOR-6). */
  state: OneOf(['unavailable', 'ready']),
  stick: StickSchema,
  me: Strict({ node_id: NodeIdSchema, sender_hash: SenderHashSchema, short_id: Type.String() }),
  /** The frames this device sends, and whether its chain is anchored so that others can prove them. */
  frames: OneOf(['v1', 'v2']),
  anchored: Type.Boolean(),
  interval_seconds: Type.Integer({ minimum: 1 }),
  last_sent_at: Type.Union([TimeSchema, Type.Null()]),
  /** When the next beacon is due; null while nothing can be sent. */
  next_beacon_at: Type.Union([TimeSchema, Type.Null()]),
  /** What the next beacon will say. */
  flags: FlagsSchema,
  /** Null while the stick's settings are not known, or no rule of the region allows them. */
  budget: Type.Union([BudgetSchema, Type.Null()]),
  panic_override: Type.Boolean(),
  /** Who said over the mesh that they heard this device, and whether a stick passed one of its frames on. */
  heard_by: Type.Array(
    Strict({
      node_id: NodeIdSchema,
      display_name: Type.String(),
      at: TimeSchema,
      rssi_dbm: Type.Union([Type.Number(), Type.Null()]),
      snr_db: Type.Union([Type.Number(), Type.Null()]),
    }),
  ),
  echoed_at: Type.Union([TimeSchema, Type.Null()]),
  /** Senders heard within the last three intervals, blocked ones left out. */
  hearing: CountSchema,
  /** This device's own call for help; null while there is none. */
  panic: Type.Union([
    Strict({
      since: TimeSchema,
      cause: OneOf(['person', 'alert']),
      frames_sent: CountSchema,
      frames_total: CountSchema,
      /** Whether it went out over an empty budget (LOR-2). */
      overridden: Type.Boolean(),
    }),
    Type.Null(),
  ]),
  /** Calls for help that are heard here, newest first (LOR-4). */
  panics: Type.Array(PanicRecordSchema),
  queue: Strict({ length: CountSchema, max: CountSchema, dropped: CountSchema }),
  /** Since the module started. */
  counts: Strict({
    received: CountSchema,
    /** `lora_frame_malformed` (M29 frame v1). */
    malformed: CountSchema,
    /** Over 20 a minute for one hash (LOR-5). */
    limited: CountSchema,
    duplicate: CountSchema,
    blocked: CountSchema,
    proven: CountSchema,
    forged: CountSchema,
    late: CountSchema,
    replayed: CountSchema,
  }),
})
