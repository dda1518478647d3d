/** Days after which a claim is shown as stale, where it names none of its own (EVI-8). */
export const EVIDENCE_CLAIM_TTL_DAYS_DEFAULT = 365
/** Longest life a claim can give itself, in days (EVI-8): a hundred years. */
export const EVIDENCE_CLAIM_TTL_DAYS_MAX = 36_500
/** Trust score everyone starts from (EVI-4). */
export const EVIDENCE_TRUST_AT_START = 0.5
/** Trust score a disputer needs for the dispute to count (EVI-3). */
export const EVIDENCE_DISPUTE_MIN_TRUST = 0.3
/** How far a provenance walk goes unless asked otherwise (EVI-5). */
export const EVIDENCE_PROVENANCE_DEPTH_DEFAULT = 5
/** Deepest provenance walk (EVI-5). */
export const EVIDENCE_MAX_PROVENANCE_DEPTH = 8
/** Most claims in one provenance walk: 32 parents each, eight deep, would otherwise be the whole store (EVI-5). */
export const EVIDENCE_MAX_PROVENANCE_CLAIMS = 256
/** Most attestations and disputes shown of one claim; the counts are always complete. */
export const EVIDENCE_MAX_VOICES = 100
/** Most predicates in a summary; the rest is counted (EVI-6). */
export const EVIDENCE_SUMMARY_MAX_PREDICATES = 32
/** Longest quotation from a source, in characters (M30 records). */
export const EVIDENCE_EXCERPT_MAX_CHARS = 280
/** Longest reason of an attestation or a dispute, in characters. */
export const EVIDENCE_RATIONALE_MAX_CHARS = 1000
/** Most sources, and most parents, of one claim. */
export const EVIDENCE_MAX_LINKS = 32
/** Predicate of a claim that takes something back (EVI-2). */
export const EVIDENCE_RETRACTED = 'retracted'
/** Most drafts, and most claims in quarantine, that a device keeps; the oldest go first. */
export const EVIDENCE_MAX_KEPT = 1000
