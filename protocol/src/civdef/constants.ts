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
