import type { ErrorCode } from '../core/errors.ts'
import { HearthError } from '../core/errors.ts'
import { PATTERNS } from '../core/ids.ts'
import * as Type from '../core/type.ts'

declare const brand: unique symbol
/** base32 of SHA-256 over the certificate without id and signature. */
export type CertId = string & { readonly [brand]: 'CertId' }

export const ALERT_SEVERITIES = ['info', 'advisory', 'warning', 'emergency', 'extreme'] as const
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number]

export const ACK_STATUSES = ['received', 'acting', 'need_help', 'standing_down', 'mistaken'] as const
export type AckStatus = (typeof ACK_STATUSES)[number]

export const ALERT_CHANNELS = ['local', 'push', 'federation', 'lora'] as const
export type AlertChannel = (typeof ALERT_CHANNELS)[number]

/** What a certificate lets its holder do; the region adapter caps it by role (CIV-4). */
export const CERT_SCOPES = ['alert.publish', 'alert.cosign', 'acks.read', 'role.issue'] as const
export type CertScope = (typeof CERT_SCOPES)[number]

/** Country, then dotted parts: `DE.NRW.Kleve.Issum` (CIV-5). Names are written in ASCII so that a key has one spelling. */
export const REGION_PATTERN = '^[A-Z]{2}(\\.[A-Za-z0-9][A-Za-z0-9-]{0,47}){0,7}$'
export const RegionSchema = Type.String({ pattern: REGION_PATTERN, maxLength: 200, description: 'Dotted region (CIV-5)' })
/** A region, an organisation below it and a role: `DE.NRW.Kleve.Issum.Feuerwehr.Wehrleiter`. */
export const RoleSchema = Type.String({ pattern: REGION_PATTERN, maxLength: 200, description: 'Dotted role' })
export const CertIdSchema = Type.Unsafe<CertId>(Type.String({ pattern: PATTERNS.claimId, description: 'base32 of SHA-256' }))
/** `sha256:` and 64 lowercase hex digits (AUD-1). */
export const Sha256Schema = Type.String({ pattern: '^sha256:[0-9a-f]{64}$' })
/** RFC 3339 in UTC, whole seconds: what CAP 1.2 can say as well, so that nothing is lost on the way out and in. */
export const SecondsSchema = Type.String({
  pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\dZ$',
  description: 'RFC 3339, UTC, whole seconds',
})
/** BCP 47, as far as alerts need it. */
export const LanguageSchema = Type.String({ pattern: '^[a-z]{2,3}(-[A-Z]{2})?$' })

/** Whole seconds in wire form. @param ms since 1970 */
export const secondsTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

/** Whether `inner` lies in `outer`: whole dotted parts, so `DE.NRW.Kleve` holds `DE.NRW.Kleve.Issum`, not `DE.NRW.Kleve2` (CIV-5). */
export const within = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}.`)

/** Whether one of the two holds the other. */
export const overlaps = (a: string, b: string): boolean => within(a, b) || within(b, a)

export const severityRank = (severity: AlertSeverity): number => ALERT_SEVERITIES.indexOf(severity)

export function refuse(code: ErrorCode, message: string, field: string): never {
  throw new HearthError(code, message, { data: { field } })
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_BUT_NEWLINE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]/
/** Marks that turn the direction of a line around: a screen would show other words than were signed. */
const BIDI = /[\u202a-\u202e\u2066-\u2069]/

/** The one form of a text that people read: NFC, no space around, no control characters. */
export const isPlain = (text: string, lines: 'one' | 'many' = 'one'): boolean =>
  text === text.normalize('NFC').trim() && !(lines === 'one' ? CONTROL : CONTROL_BUT_NEWLINE).test(text) && !BIDI.test(text)
