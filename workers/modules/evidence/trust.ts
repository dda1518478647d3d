import type { MemberLevel } from '#protocol/core/community.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { EVIDENCE_DISPUTE_MIN_TRUST, EVIDENCE_TRUST_AT_START } from '#protocol/evidence/constants.ts'
import type { Member } from '../../kernel/community/state.ts'
import type { View } from '../../kernel/views.ts'
import type { ClaimRow } from './store.ts'

/** Trust score of a node in [0,1] (EVI-4). */
export type Score = (nodeId: NodeId) => number

export interface TrustDeps {
  readonly view: View<ClaimRow>
  readonly newest: () => readonly ClaimRow[]
  readonly member: (nodeId: NodeId) => Member | null
}

// what each part of EVI-4 can add or take; protocol/experimental/30-evidence.md explains the numbers
const FOR_LEVEL: Record<MemberLevel, number> = { member: 0, trusted: 0.1, anchor: 0.2 }
const FOR_VOUCHED = 0.05
const FOR_KNOWN = 0.1
const KNOWN_AFTER_DAYS = 180
const FOR_RECORD = 0.1
/** Undisputed claims at which half of `FOR_RECORD` is earned. */
const RECORD_HALF = 5
const AGAINST_RECORD = 0.4
/** Objections at which half of `AGAINST_RECORD` is lost. */
const AGAINST_HALF = 2
/** How many others' newest claims tell what time it is, and how far back they are looked for. */
const TIME_WITNESSES = 5
const TIME_LOOKBACK = 500

const DAY_MS = 86_400_000
const rounded = (score: number): number => Math.round(Math.min(1, Math.max(0, score)) * 1000) / 1000

/**
 * What time it is by the log, as others than `node` tell: the median of their newest claims. The device's own clock must
 * not come into a score (EVI-4), and one liar must not set the time.
 */
function timeByOthers(newest: readonly ClaimRow[], node: NodeId): number | null {
  const times = new Map<NodeId, number>()
  for (const { author, claim } of newest.slice(0, TIME_LOOKBACK)) {
    if (author === node || times.has(author)) continue
    times.set(author, Date.parse(claim.asserted_at))
    if (times.size === TIME_WITNESSES) break
  }
  const sorted = [...times.values()].sort((a, b) => a - b)
  return sorted[(sorted.length - 1) >> 1] ?? null
}

/**
 * Scores from the log alone, so that every node with the same events has the same (EVI-4). Two storeys, so that nothing
 * goes round in circles: whether an objection weighs against somebody's record is decided by the objector's standing
 * without any record.
 */
export function createTrust({ view, newest, member }: TrustDeps): { readonly score: Score; forget(): void } {
  const standings = new Map<NodeId, number>()
  const scores = new Map<NodeId, number>()

  function known(node: NodeId, joinedAt: string): number {
    const now = timeByOthers(newest(), node)
    if (now === null) return 0
    return Math.min(1, Math.max(0, (now - Date.parse(joinedAt)) / (KNOWN_AFTER_DAYS * DAY_MS)))
  }

  /** Verified identity: somebody the community trusts let them in, or they founded it. */
  function isVouched({ invitedBy }: Member): boolean {
    if (invitedBy === null) return true
    const inviter = member(invitedBy)
    return inviter?.status === 'active' && inviter.level !== 'member'
  }

  /** Without the record of claims. */
  function standing(node: NodeId): number {
    const cached = standings.get(node)
    if (cached !== undefined) return cached
    const found = member(node)
    let value = EVIDENCE_TRUST_AT_START
    if (found?.status === 'revoked') value = 0
    else if (found) {
      value += FOR_LEVEL[found.level] + (isVouched(found) ? FOR_VOUCHED : 0) + FOR_KNOWN * known(node, found.joinedAt)
    }
    standings.set(node, value)
    return value
  }

  /** Each objector weighs once, however much they object to: one member cannot silence another. */
  function record(node: NodeId): number {
    const objected = view.equal('objected', node)
    const objectors = new Set<NodeId>()
    let disputed = 0
    for (const { disputes } of objected) {
      const weighty = disputes.filter(
        ({ by, retracted }) => by !== node && !retracted && standing(by) >= EVIDENCE_DISPUTE_MIN_TRUST,
      )
      if (weighty.length > 0) disputed++
      for (const { by } of weighty) objectors.add(by)
    }
    const good = view.count('author', node) - disputed
    const against = Math.min(disputed, objectors.size)
    return FOR_RECORD * (good / (good + RECORD_HALF)) - AGAINST_RECORD * (against / (against + AGAINST_HALF))
  }

  return {
    score(node) {
      const cached = scores.get(node)
      if (cached !== undefined) return cached
      const base = standing(node)
      const value = base === 0 ? 0 : rounded(base + record(node))
      scores.set(node, value)
      return value
    },
    /** After any change of claims or members. */
    forget() {
      standings.clear()
      scores.clear()
    },
  }
}
