import { type Case, ensure, member, outcomeOf, same } from '../harness/case.ts'
import { claimOf, type Made, source } from './claims.ts'
import { contentId, type Json } from './encoding.ts'
import type { Draft } from './envelopes.ts'
import type { Peer } from './peer.ts'

export const GET = 'experimental.evidence.claim.get'
export const QUERY = 'experimental.evidence.claim.query'
export const TRACE = 'experimental.evidence.provenance.trace'
export const SUMMARY = 'experimental.evidence.subject.summary'
export const needs = ['wire', 'sync'] as const

/** Gives what a peer made; it must be taken. */
export async function put(peer: Peer, ...made: readonly Made[]): Promise<void> {
  const ids = await peer.give(made.map(({ event }) => event))
  ensure(
    made.every(({ event }) => ids.includes(contentId(event))),
    'claims that are taken',
    'refused',
  )
  goesOn(
    peer,
    made.map(({ event }) => event),
  )
}

/** One event is the one that the next follows; of several that name the same one before them nobody can say which. */
function goesOn(peer: Peer, events: readonly Made['event'][]): void {
  const [only] = events
  if (only && events.length === 1) peer.follow(only)
}

export async function record(peer: Peer, claim_id: string): Promise<Json> {
  const answer = await peer.ask(GET, { claim_id })
  ensure(outcomeOf(answer) === 'ok', 'the claim', answer)
  return member(answer, 'output') ?? null
}

export const refused = (id: string, title: string, make: (peer: Peer) => Made['event']): Case => ({
  id,
  title,
  capability: GET,
  needs,
  async run({ peer }) {
    const author = await peer('member')
    ensure(!(await author.gives(make(author))), 'refused', 'taken')
  },
})

/** A claim with what is said around it, and the level it has then. */
export const level = (
  id: string,
  title: string,
  expected: string,
  statement: Draft,
  around: (claim: Made, author: Peer, other: Peer) => readonly Made['event'][] = () => [],
): Case => ({
  id,
  title,
  capability: GET,
  needs,
  async run({ lent }) {
    const [author, other] = [await lent('member', 'author'), await lent('member', 'witness')]
    const claim = claimOf(author, { subject: id, ...statement })
    await put(author, claim)
    const events = around(claim, author, other)
    for (const event of events) await other.hand([event])
    goesOn(other, events)
    same(member(await record(author, claim.id), 'level'), expected, 'level')
  },
})

export const A = source('url:https://a.example/')
export const B = source('doc:bafkreib')
