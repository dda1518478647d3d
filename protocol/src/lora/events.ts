import { HearthError } from '../core/errors.ts'
import { defineEvent } from '../core/module.ts'
import { Strict, TimeSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { LORA_CHAIN_DAYS, LORA_KEY_INTERVAL_SECONDS } from './constants.ts'

/** 11 bytes for each day in base64url. */
const COMMITMENT_CHARS = Math.ceil((LORA_CHAIN_DAYS * 11 * 8) / 6)
const Commitments = Type.String({ pattern: `^[A-Za-z0-9_-]{${COMMITMENT_CHARS}}$` })

const DAY_SECONDS = 86_400

// The community's: what others need to believe a frame, and a call for help, which whoever has no stick should hear too.

/** The author's key chain for frames v2: whoever has this can tell their frames from anybody else's (LOR-8). */
export const chainAnchored = defineEvent(
  'lora.chain.anchored',
  Strict({
    /** Midnight (UTC) at which the first day begins, in seconds since 1970. */
    starts_at: Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 }),
    days: Type.Literal(LORA_CHAIN_DAYS),
    interval_seconds: Type.Literal(LORA_KEY_INTERVAL_SECONDS),
    /** One for each day, of its first key. */
    keys: Commitments,
    /** One for each day, of its first panic token. */
    panics: Commitments,
  }),
  {
    verify({ starts_at }) {
      if (starts_at % DAY_SECONDS !== 0) {
        throw new HearthError('bad_request', 'a chain begins at midnight', { data: { field: '/starts_at' } })
      }
    },
  },
)

/** The author called for help, by radio and by this. */
export const panicSent = defineEvent(
  'lora.panic.sent',
  Strict({ at: TimeSchema, sequence: Type.Integer({ minimum: 0, maximum: 65_535 }) }),
)

/** The author is fine again, or it was a mistake. */
export const panicEnded = defineEvent('lora.panic.ended', Strict({ at: TimeSchema }))

// Everything else is this device's: who was heard is nobody else's business. What happened is asked for (`status`,
// `peer.list`, `recent_beacons`, `duty_cycle`); these say when to ask.
const onDevice = (type: string) => defineEvent(type, Strict({}), { scope: 'device' })

export const beaconSent = onDevice('lora.beacon.sent')
export const beaconReceived = onDevice('lora.beacon.received')
/** A call for help was heard, or what is known of one changed (LOR-4). */
export const panicReceived = onDevice('lora.panic.received')
/** A hash nobody has decided about was heard for the first time (LOR-3). */
export const peerUnknown = onDevice('lora.peer.unknown')
/** A person confirmed a sender, or blocked one, or left it unknown (LOR-3). */
export const peerVerified = onDevice('lora.peer.verified')
/** Two NodeIDs claim one hash (LOR-3). */
export const peerConflict = onDevice('lora.peer.conflict')
/** A beacon had to wait for its sub-band (LOR-2). */
export const dutyCycleExhausted = onDevice('lora.duty_cycle.exhausted')
/** A call for help went out over an empty budget (LOR-2): a notice, too. */
export const dutyCycleOverridden = onDevice('lora.duty_cycle.overridden')
/** A frame was lost because the queue was full (LOR-5). */
export const rxDropped = onDevice('lora.rx.dropped')
/** The stick, its settings, or what this device is about to send changed. */
export const stickChanged = onDevice('lora.stick.changed')
