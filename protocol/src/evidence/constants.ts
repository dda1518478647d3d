/** Days after which a claim is shown as stale (EVI-8). */
export const EVIDENCE_CLAIM_TTL_DAYS_DEFAULT = 365
/** Trust score a disputer needs for the dispute to count (EVI-3). */
export const EVIDENCE_DISPUTE_MIN_TRUST = 0.3
/** Deepest provenance walk (EVI-5). */
export const EVIDENCE_MAX_PROVENANCE_DEPTH = 8
/** Longest quotation from a source, in characters (M30 records). */
export const EVIDENCE_EXCERPT_MAX_CHARS = 280
