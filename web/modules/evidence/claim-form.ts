import type { Input } from '#protocol/core/capability.ts'
import type { HearthError } from '#protocol/core/errors.ts'
import type { ClaimId, NodeId } from '#protocol/core/ids.ts'
import type { claimAssert } from '#protocol/evidence/capabilities.ts'
import { EVIDENCE_CLAIM_TTL_DAYS_DEFAULT, EVIDENCE_EXCERPT_MAX_CHARS } from '#protocol/evidence/constants.ts'
import { type Claim, ClaimSchema } from '#protocol/evidence/events.ts'
import { type HashedDocument, term, webAddress } from './terms.ts'

export const CONFIDENCE_WORDS = ['sure', 'fairly', 'unsure'] as const
export type ConfidenceWord = (typeof CONFIDENCE_WORDS)[number]

const CONFIDENCE: Readonly<Record<ConfidenceWord, number>> = { sure: 0.95, fairly: 0.75, unsure: 0.4 }

/** The word a person reads for a number between 0 and 1. */
export const confidenceWord = (confidence: number): ConfidenceWord =>
  confidence >= 0.9 ? 'sure' : confidence >= 0.6 ? 'fairly' : 'unsure'

/** How long a claim holds before it is shown as stale, in words and days (EVI-8). */
export const LASTING_WORDS = ['day', 'week', 'month', 'year', 'decade'] as const
export type LastingWord = (typeof LASTING_WORDS)[number]

const LASTING_DAYS: Readonly<Record<LastingWord, number>> = { day: 1, week: 7, month: 30, year: 365, decade: 3650 }

export interface SourceDraft {
  /** Tells drafts apart while they are edited; never sent. */
  readonly key: number
  readonly kind: 'url' | 'own' | 'document'
  readonly url: string
  readonly document: HashedDocument | null
  readonly excerpt: string
}

export interface ClaimDraft {
  readonly subject: string
  readonly predicate: string
  readonly object: string
  readonly confidence: ConfidenceWord
  readonly lasting: LastingWord
  readonly sources: readonly SourceDraft[]
  /** Claims it is derived from (EVI-5). */
  readonly parents: readonly ClaimId[]
}

export const emptySource = (key: number, kind: SourceDraft['kind']): SourceDraft => ({
  key,
  kind,
  url: '',
  document: null,
  excerpt: '',
})

export const EMPTY_DRAFT: ClaimDraft = {
  subject: '',
  predicate: '',
  object: '',
  confidence: 'fairly',
  lasting: 'year',
  sources: [],
  parents: [],
}

export type FieldProblem = 'required' | 'too_long' | 'not_an_address' | 'no_document' | 'same' | 'refused'
/** By field: `subject`, `sources`, `derived_from`, or `source-<at>` and `excerpt-<at>`. */
export type Problems = Readonly<Record<string, FieldProblem>>

const MAX = {
  subject: ClaimSchema.properties.subject.maxLength ?? 0,
  predicate: ClaimSchema.properties.predicate.maxLength ?? 0,
  object: ClaimSchema.properties.object.maxLength ?? 0,
  source: 2048,
} as const
export const SOURCES_MAX = ClaimSchema.properties.sources.maxItems ?? 0

type Source = Input<typeof claimAssert>['sources'][number]

function sourceIdOf(draft: SourceDraft, me: NodeId): { readonly id: string } | { readonly problem: FieldProblem } {
  if (draft.kind === 'own') return { id: `node:${me}` }
  if (draft.kind === 'document') return draft.document ? { id: draft.document.sourceId } : { problem: 'no_document' }
  if (draft.url.trim() === '') return { problem: 'required' }
  const address = webAddress(draft.url)
  if (address === null) return { problem: 'not_an_address' }
  return `url:${address}`.length > MAX.source ? { problem: 'too_long' } : { id: `url:${address}` }
}

function buildSource(draft: SourceDraft, id: string, accessedAt: string): Source {
  const excerpt = draft.excerpt.trim()
  return {
    source_id: id,
    accessed_at: accessedAt,
    ...(draft.kind === 'document' && draft.document ? { content_sha: draft.document.sha256 } : {}),
    ...(excerpt === '' ? {} : { excerpt }),
  }
}

function termProblems(claim: Pick<ClaimDraft, 'subject' | 'predicate' | 'object'>): Record<string, FieldProblem> {
  const problems: Record<string, FieldProblem> = {}
  for (const field of ['subject', 'predicate', 'object'] as const) {
    if (claim[field] === '') problems[field] = 'required'
    else if (claim[field].length > MAX[field]) problems[field] = 'too_long'
  }
  return problems
}

export type Checked =
  | { readonly ok: true; readonly input: Input<typeof claimAssert> }
  | { readonly ok: false; readonly problems: Problems }

/** A draft as the node takes it, or which fields are wrong and how. @param accessedAt RFC 3339, when the sources were read. */
export function checkDraft(draft: ClaimDraft, me: NodeId, accessedAt: string): Checked {
  const terms = { subject: term(draft.subject), predicate: term(draft.predicate), object: draft.object.normalize('NFC').trim() }
  const problems = termProblems(terms)
  const sources: Source[] = []
  for (const [at, source] of draft.sources.entries()) {
    const made = sourceIdOf(source, me)
    if ('problem' in made) problems[`source-${at}`] = made.problem
    else sources.push(buildSource(source, made.id, accessedAt))
    if (source.excerpt.trim().length > EVIDENCE_EXCERPT_MAX_CHARS) problems[`excerpt-${at}`] = 'too_long'
  }
  if (draft.sources.length > SOURCES_MAX) problems.sources = 'too_long'
  if (draft.parents.length > SOURCES_MAX) problems.derived_from = 'too_long'
  if (Object.keys(problems).length > 0) return { ok: false, problems }
  const days = LASTING_DAYS[draft.lasting]
  return {
    ok: true,
    input: {
      ...terms,
      sources,
      confidence: CONFIDENCE[draft.confidence],
      derived_from: [...draft.parents],
      // what is usual is left unsaid, as the contract has it
      ...(days === EVIDENCE_CLAIM_TTL_DAYS_DEFAULT ? {} : { ttl_days: days }),
    },
  }
}

/** The last day on which a claim is fresh, RFC 3339 (EVI-8). */
export const freshUntil = ({
  asserted_at,
  ttl_days = EVIDENCE_CLAIM_TTL_DAYS_DEFAULT,
}: Pick<Claim, 'asserted_at' | 'ttl_days'>) => new Date(Date.parse(asserted_at) + ttl_days * 86_400_000).toISOString()

/** The field a refusal by the node is about (`data.field`, a JSON pointer into the call's input), where it names one. */
export function fieldOfError(error: HearthError): string | null {
  const { data } = error
  if (typeof data !== 'object' || data === null || !('field' in data) || typeof data.field !== 'string') return null
  const parts = data.field.split('/').filter((part) => part !== '' && part !== 'input' && part !== 'body')
  const [first, at, inner] = parts
  if (first !== 'sources' || at === undefined) return first ?? null
  return inner === 'excerpt' ? `excerpt-${at}` : `source-${at}`
}
