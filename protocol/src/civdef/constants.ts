import { CLOCK_SKEW_SECONDS } from '../core/clock.ts'

/** Years an audit chain is kept; the operator confirms it against current law (AUD-6). */
export const CIVDEF_AUDIT_RETENTION_YEARS = 10
/** Seconds between heartbeats while an incident is active (CIV-14). */
export const CIVDEF_HEARTBEAT_SECONDS = 60
/** Acks per minute, node and alert at most (CIV-11). */
export const CIVDEF_ACK_MAX_PER_MINUTE_PER_NODE = 5
/** Longest title in characters (M31 alerts). */
export const CIVDEF_ALERT_TITLE_MAX_CHARS = 80
/** Longest body in characters (M31 alerts). */
export const CIVDEF_ALERT_BODY_MAX_CHARS = 1000
/** Longest instruction line, and most of them: what a person with gloves on reads at a glance. */
export const CIVDEF_INSTRUCTION_MAX_CHARS = 160
export const CIVDEF_INSTRUCTIONS_MAX = 12
/** Longest note of an ack, in characters (CIV-11). */
export const CIVDEF_ACK_NOTE_MAX_CHARS = 280
/** Longest life of an alert, in seconds: what still holds after a week is said anew. */
export const CIVDEF_ALERT_MAX_SECONDS = 7 * 86_400
/** Days before its end from which a certificate warns (CIV-3). */
export const CIVDEF_CERT_WARN_DAYS = 30
/** How far two tablets may differ before a date counts as wrong, in seconds: a warning is not to wait for a watch. */
export const CIVDEF_CLOCK_SKEW_SECONDS = CLOCK_SKEW_SECONDS
/** Most certificates between a holder and a root. */
export const CIVDEF_CHAIN_MAX = 6
/** Most corners of a target area, the repeated first one included. */
export const CIVDEF_POLYGON_MAX = 200
/** Largest CAP or NINA document that is read, in characters. */
export const CIVDEF_DOCUMENT_MAX_CHARS = 512 * 1024
/** Most holders one role-restricted alert is encrypted to (CIV-6). */
export const CIVDEF_SEALED_MAX_HOLDERS = 512
/** Longest chain of communities an alert is passed along (section 8: federation is not transitive beyond what is agreed). */
export const CIVDEF_FORWARD_MAX_HOPS = 8
/** Alerts one heartbeat names at most, the newest (CIV-14). */
export const CIVDEF_HEARTBEAT_MAX_ALERTS = 64
