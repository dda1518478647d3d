import type { Static } from '@sinclair/typebox'
import { configChanged } from '../config/events.ts'
import { defineCapability } from '../core/capability.ts'
import { CountSchema, NodeIdSchema, OneOf, Strict, TimeSchema, UlidSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { CertificateSchema } from './certificate.ts'
import { CIVDEF_HEARTBEAT_MAX_ALERTS } from './constants.ts'
import { MARKS } from './decision.ts'
import { incidentChanged, noticeChanged } from './events.ts'
import { ALERT_EVENTS, AlertRecordSchema } from './records.ts'
import { ALERT_SEVERITIES, CertIdSchema, LanguageSchema } from './terms.ts'

// What stands as a notification at this device (CIV-8), and who is there while something happens (CIV-14). Neither leaves the
// device but the heartbeat, and nothing of it goes into the log.

const ask = { stability: 'experimental', trust: 'self', idempotent: true, errors: ['experimental_disabled'] } as const

/**
 * What a notification is: a new alarm, one that takes the place of an earlier one, or its quiet end. `withdrawn`: it was shown,
 * and its certificate was taken back since (CIV-2), so that the person is told rather than left with a notice that vanished.
 */
export const NOTICE_KINDS = ['new', 'update', 'all_clear', 'cancelled', 'withdrawn'] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number]

const WordsSchema = Strict({ language: LanguageSchema, title: Type.String(), body: Type.String() })

/** Names one state of one notification: `tag` is what a browser replaces by, `revision` what has to be shown once. */
const shownAs = {
  /** The same for an alert and everything that takes its place; begins with `civdef:`. */
  tag: Type.String({ maxLength: 320 }),
  revision: Type.String({ maxLength: 340 }),
}
export const NoticeIdSchema = Strict(shownAs)
export type NoticeId = Static<typeof NoticeIdSchema>

/** An alert as it should stand as a notification on this device now. */
export const NoticeSchema = Strict({
  ...shownAs,
  kind: OneOf(NOTICE_KINDS),
  /** The alert to open. */
  key: AlertRecordSchema.properties.key,
  severity: OneOf(ALERT_SEVERITIES),
  drill: Type.Boolean(),
  marks: Type.Array(OneOf(MARKS)),
  /** The title of the publisher's certificate, or a mirror's sender. */
  from: Type.String(),
  ...WordsSchema.properties,
  /** The same in other languages. */
  variants: Type.Array(WordsSchema),
  /** Replaces without a sound and without coming to the front again: ends, drills, and updates that are no louder. */
  silent: Type.Boolean(),
  /** By severity and the person's settings; both false where `silent`. */
  sound: Type.Boolean(),
  vibration: Type.Boolean(),
  /** Takes the whole screen until somebody has read it. */
  full_screen: Type.Boolean(),
  /** When it leaves by itself. */
  until: TimeSchema,
  /** This revision was shown on this device: leave it alone, also when the person has wiped it away. */
  shown: Type.Boolean(),
})
export type Notice = Static<typeof NoticeSchema>

/** A certificate that is about to end: its holder and its issuer are told (CIV-3). */
export const EndingNoticeSchema = Strict({
  ...shownAs,
  cert_id: CertIdSchema,
  title: CertificateSchema.properties.title,
  holder: NodeIdSchema,
  holder_name: Type.String(),
  /** The person's own; else one that the person issued. */
  own: Type.Boolean(),
  expires_at: CertificateSchema.properties.expires_at,
  /** Whole days that are left. */
  expires_in_days: CountSchema,
  shown: Type.Boolean(),
})
export type EndingNotice = Static<typeof EndingNoticeSchema>

/**
 * Everything that should stand as a notification now, newest first. A page shows what is not `shown`, after `notice.claim` gave
 * it the word, and closes every notification of its own whose tag is not in here.
 */
export const noticeList = defineCapability({
  ...ask,
  name: 'experimental.civdef.notice.list',
  input: Strict({}),
  output: Strict({ notices: Type.Array(NoticeSchema), ending: Type.Array(EndingNoticeSchema) }),
  answersFrom: [noticeChanged, ...ALERT_EVENTS],
})

/**
 * Asks to be the one who shows these. For a short while nobody else gets the word; a page that dies in between is followed by
 * the next one, and the browser replaces by `tag`.
 */
export const noticeClaim = defineCapability({
  stability: 'experimental',
  trust: 'self',
  name: 'experimental.civdef.notice.claim',
  errors: ['experimental_disabled'],
  input: Strict({ notices: Type.Array(NoticeIdSchema, { minItems: 1, maxItems: 64 }) }),
  /** Those that the caller may show now. */
  output: Strict({ yours: Type.Array(NoticeIdSchema) }),
})

/** Remembers for good what was shown, before any other tab or a restart shows it again (CIV-8). */
export const noticeShown = defineCapability({
  ...ask,
  name: 'experimental.civdef.notice.shown',
  input: Strict({ notices: Type.Array(NoticeIdSchema, { minItems: 1, maxItems: 64 }) }),
  output: Strict({}),
})

const HoldingSchema = Type.Array(UlidSchema, { maxItems: CIVDEF_HEARTBEAT_MAX_ALERTS })

/**
 * „I am here, and these alerts have reached me“, answered with the same. It says no place and nothing of a person, is kept in
 * memory for minutes and written nowhere (CIV-14).
 */
export const heartbeat = defineCapability({
  stability: 'experimental',
  trust: 'member',
  idempotent: true,
  name: 'experimental.civdef.heartbeat',
  timeoutSeconds: 10,
  errors: ['experimental_disabled'],
  input: Strict({ holding: HoldingSchema }),
  output: Strict({ holding: HoldingSchema }),
})

/** Whether an incident is going on, and which members' devices answer (CIV-14). */
export const incidentGet = defineCapability({
  ...ask,
  name: 'experimental.civdef.incident.get',
  input: Strict({}),
  output: Strict({
    /** Alerts that make it one: active, no drill, emergency or extreme. */
    alerts: Type.Array(AlertRecordSchema.properties.key),
    /** Every other member. */
    nodes: Type.Array(
      Strict({
        node_id: NodeIdSchema,
        display_name: Type.String(),
        /** Answered within the last three beats. */
        reachable: Type.Boolean(),
        heard_at: Type.Union([TimeSchema, Type.Null()]),
      }),
    ),
  }),
  answersFrom: [incidentChanged, noticeChanged, ...ALERT_EVENTS, configChanged],
})
