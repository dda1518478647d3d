import type { Static, TSchema } from '@sinclair/typebox'
import { federationAgreed } from '#protocol/community/events.ts'
import { parseAs } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import { StatementSchema } from '#protocol/evidence/capabilities.ts'
import { canonicalTerm } from '#protocol/evidence/events.ts'
import { sidesFor } from '#protocol/protocol/federation.ts'
import type { EventLog } from '../../kernel/log/log.ts'
import type { VerifiedEvent } from '../../kernel/log/verify.ts'
import type { Statement } from './authoring.ts'
import type { Drafts, Proposal } from './drafts.ts'

/** Proposes statements from events of one type. It reads and proposes; it never signs (EVI-9). */
export interface Pattern {
  readonly id: string
  readonly eventType: string
  /** Null where the event says nothing that could be claimed. */
  propose(event: VerifiedEvent): Statement | null
}

/** A pattern over events whose `data` has at least this shape; others are passed by. */
export function definePattern<S extends TSchema>(init: {
  readonly id: string
  readonly eventType: string
  readonly shape: S
  readonly propose: (data: Static<S>, event: VerifiedEvent) => Statement | null
}): Pattern {
  return {
    id: init.id,
    eventType: init.eventType,
    propose(event) {
      try {
        const proposed = init.propose(parseAs(init.shape, event.event.data), event)
        return proposed && parseAs(StatementSchema, proposed)
      } catch {
        return null // written by another version, or too long for a claim: nothing to propose
      }
    },
  }
}

const short = (text: string, length: number): string => canonicalTerm(text.slice(0, length))

const about = (subject: string, predicate: string, object: string): Omit<Statement, 'sources'> => ({
  subject: short(subject, 512),
  predicate,
  object: short(object, 4096),
  confidence: 0.5,
  derived_from: [],
})

/** A document was taken in: it says something about what it is called. */
const documentIngested = definePattern({
  id: 'document',
  eventType: 'rag.document.ingested',
  shape: Type.Object({ title: Type.String({ minLength: 1 }), cid: Type.String({ minLength: 1 }) }),
  propose: ({ title, cid }, { event }) => ({
    ...about(title, 'liegt vor als', `doc:${cid}`),
    sources: [{ source_id: `doc:${cid}`, accessed_at: event.wall_clock }],
  }),
})

/** A tool fetched a page. */
const pageFetched = definePattern({
  id: 'page',
  eventType: 'tool.page.fetched',
  shape: Type.Object({
    url: Type.String({ pattern: '^https?://' }),
    title: Type.String({ minLength: 1 }),
    excerpt: Type.Optional(Type.String()),
    sha256: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
  }),
  propose: ({ url, title, excerpt, sha256 }, { event }) => ({
    ...about(title, 'steht auf', url),
    sources: [
      {
        source_id: `url:${url}`,
        accessed_at: event.wall_clock,
        ...(sha256 === undefined ? {} : { content_sha: sha256 }),
        ...(excerpt ? { excerpt: excerpt.slice(0, 280) } : {}),
      },
    ],
  }),
})

/** Two communities agreed; the log took it in only after it had read the manifest (FDR-1). */
const communitiesAgreed = definePattern({
  id: 'federation',
  eventType: federationAgreed.type,
  shape: federationAgreed.data,
  propose({ manifest }, { event }) {
    const sides = sidesFor(manifest, event.community_id)
    if (!sides) return null
    const { community_id, name } = sides.theirs
    return {
      ...about(name, 'ist verbunden mit', event.community_id),
      sources: [{ source_id: `node:${community_id}`, accessed_at: event.wall_clock }],
    }
  },
})

/**
 * What is registered from the start. Nothing in this version writes the first two events: their names are what this
 * implementation expects of modules to come, as protocol/experimental/30-evidence.md says beside EVI-9.
 */
export const PATTERNS: readonly Pattern[] = [documentIngested, pageFetched, communitiesAgreed]

/** A radio beacon is never turned into a claim (EVI-9): nobody signed what it says. */
const isBeacon = (eventType: string): boolean => eventType.startsWith('lora.')

export interface Extractor {
  /** Resolves when everything heard so far is proposed. */
  idle(): Promise<void>
  stop(): void
}

/**
 * Listens to the log and proposes drafts (EVI-9). Types of other modules reach it by name: they are stored and synced
 * whether or not this node knows them (EVT-5).
 */
export function startExtractor(log: EventLog, drafts: Drafts, patterns: readonly Pattern[] = PATTERNS): Extractor {
  const byType = new Map<string, Pattern[]>()
  for (const pattern of patterns) {
    if (isBeacon(pattern.eventType)) throw new TypeError(`${pattern.id}: a beacon is never turned into a claim (EVI-9)`)
    byType.set(pattern.eventType, [...(byType.get(pattern.eventType) ?? []), pattern])
  }
  let turn: Promise<void> = Promise.resolve()

  const proposals = (event: VerifiedEvent): Proposal[] =>
    (byType.get(event.event.event_type) ?? []).flatMap((pattern) => {
      const statement = pattern.propose(event)
      return statement ? [{ statement, pattern: pattern.id, content_id: event.cid }] : []
    })

  async function consider(added: readonly VerifiedEvent[]): Promise<void> {
    const fresh = added.filter(({ cid }) => !drafts.hasSeen(cid)).flatMap(proposals)
    if (fresh.length > 0) await drafts.propose(fresh)
  }

  const stop = log.changed.on(({ added }) => {
    turn = turn.then(() => consider(added)).catch((bug: unknown) => reportError(bug))
  })
  return { idle: () => turn, stop }
}
