import type { Wording } from '#protocol/civdef/alert.ts'
import type { Decision } from '#protocol/civdef/decision.ts'
import type { Notice, NoticeKind } from '#protocol/civdef/notice-capabilities.ts'
import type { AlertState } from '#protocol/civdef/records.ts'
import { type AlertSeverity, severityRank } from '#protocol/civdef/terms.ts'
import { wireTime } from '#protocol/core/ids.ts'
import type { Received } from '../decide.ts'

/** What this device showed of one alert and everything that took its place (CIV-8). */
export interface Seen {
  readonly tag: string
  /** Alerts that were shown under the tag. */
  readonly keys: readonly string[]
  readonly revisions: readonly string[]
  /** The loudest that was shown. */
  readonly severity: AlertSeverity
  /** When nothing of it can come again, ms since 1970. */
  readonly until: number
}

/** An alert with what is decided about it here. */
export interface Judged {
  readonly key: string
  readonly received: Received
  readonly decision: Decision
  readonly state: AlertState
  /** Alerts whose place it takes, nearest first. */
  readonly before: readonly string[]
  /** Of the event that brought it. */
  readonly lamport: number
  /** The publisher's title. */
  readonly from: string
}

/** What the person set. */
export interface NoticeSettings {
  readonly sound: boolean
  readonly vibration: boolean
}

/** How long a device keeps telling that something is over, ms. */
const ENDED_MS = 86_400_000
/** From which severity a notification makes a sound, and from which it shakes. */
const SOUND_FROM: AlertSeverity = 'warning'
const VIBRATION_FROM: AlertSeverity = 'advisory'
const BODY_MAX = 1000

export const TAG = 'civdef:'

const reaches = (severity: AlertSeverity, from: AlertSeverity): boolean => severityRank(severity) >= severityRank(from)

interface Content {
  readonly severity: AlertSeverity
  readonly drill: boolean
  readonly expiresAt: number
  readonly words: readonly Pick<Wording, 'language' | 'title' | 'body'>[]
  /** Told apart from what the same key said before: a mirror keeps its identifier when it is sent anew. */
  readonly edition: string
}

function contentOf({ alert, mirror }: Received): Content | null {
  if (alert) {
    const { severity, drill, expires_at } = alert
    return { severity, drill, expiresAt: Date.parse(expires_at), words: [alert, ...alert.variants], edition: '' }
  }
  if (!mirror) return null
  const { severity, drill, expires_at, wordings, sent_at } = mirror
  return { severity, drill, expiresAt: Date.parse(expires_at), words: wordings, edition: ` ${sent_at}` }
}

/** What is over: when it was said to be, and how. Null while it stands. */
function endOf({
  received,
  decision,
  state,
}: Judged): { readonly kind: NoticeKind; readonly at: number; readonly why: string } | null {
  const { cancellation } = received
  if (decision.delivery === 'refuse') return { kind: 'withdrawn', at: Number.POSITIVE_INFINITY, why: '' }
  if (state !== 'cancelled') return null
  if (!cancellation) return { kind: 'cancelled', at: Number.POSITIVE_INFINITY, why: '' }
  const kind = cancellation.all_clear ? 'all_clear' : 'cancelled'
  return { kind, at: Date.parse(cancellation.cancelled_at) + ENDED_MS, why: cancellation.reason }
}

/** One alert as a notification, without what the ledger says about its being shown; null where nothing is to stand. */
function noticeOf(judged: Judged, seen: Seen | null, settings: NoticeSettings, now: number): Omit<Notice, 'shown'> | null {
  const { key, received, decision, state, from } = judged
  const content = contentOf(received)
  // what expired leaves by itself (CIV-8)
  if (!content || now >= content.expiresAt) return null
  const { severity, drill, expiresAt, words, edition } = content
  const [first, ...others] = words.map(({ language, title, body }) => ({ language, title, body: body.slice(0, BODY_MAX) }))
  if (!first) return null
  const common = { tag: seen?.tag ?? TAG + key, key, severity, drill, marks: [...decision.marks], from }

  const end = endOf(judged)
  if (end) {
    // who was told nothing is not told that it is over
    const until = Math.min(expiresAt, end.at)
    if (!seen || now >= until) return null
    const revision = `${end.kind}:${key}`
    const quiet = { silent: true, sound: false, vibration: false, full_screen: false }
    const body = end.why
    return {
      ...common,
      revision,
      kind: end.kind,
      ...first,
      body,
      variants: others.map((one) => ({ ...one, body })),
      ...quiet,
      until: wireTime(until),
    }
  }

  const isLoud = decision.delivery === 'notify' || decision.delivery === 'alarm'
  if (!isLoud || state !== 'active') return null
  const revision = `on:${key}${edition}`
  // by what was shown before it: this very revision is what it was when it was shown
  const earlier = seen && seen.revisions[0] !== revision ? seen : null
  const louder = !earlier || severityRank(severity) > severityRank(earlier.severity)
  const silent = !louder || decision.marks.includes('foreign_role')
  return {
    ...common,
    revision,
    kind: earlier ? 'update' : 'new',
    ...first,
    variants: others,
    silent,
    sound: !silent && settings.sound && reaches(severity, SOUND_FROM),
    vibration: !silent && settings.vibration && reaches(severity, VIBRATION_FROM),
    full_screen: decision.delivery === 'alarm',
    until: wireTime(expiresAt),
  }
}

/** Of several under one tag the one that stands counts; of those the newest. */
const isFirst = (a: Omit<Notice, 'shown'>, b: Omit<Notice, 'shown'>): boolean =>
  a.revision.startsWith('on:') && !b.revision.startsWith('on:')

/**
 * What should stand as notifications (CIV-8): one for each alert and everything that takes its place. Pure: the same alerts, the
 * same memory of what was shown and the same time give the same list.
 */
export function standing(all: readonly Judged[], ledger: readonly Seen[], settings: NoticeSettings, now: number): Notice[] {
  const seenBy = new Map(ledger.flatMap((seen) => seen.keys.map((key) => [key, seen] as const)))
  const byTag = new Map<string, Omit<Notice, 'shown'>>()
  const newestFirst = [...all].sort((a, b) => b.lamport - a.lamport || (a.key < b.key ? 1 : -1))
  for (const judged of newestFirst) {
    const known = [judged.key, ...judged.before].find((key) => seenBy.has(key))
    const notice = noticeOf(judged, known === undefined ? null : (seenBy.get(known) ?? null), settings, now)
    if (!notice) continue
    const other = byTag.get(notice.tag)
    if (!other || isFirst(notice, other)) byTag.set(notice.tag, notice)
  }
  const shown = new Set(ledger.flatMap(({ tag, revisions }) => revisions.map((revision) => `${tag} ${revision}`)))
  return [...byTag.values()].map((notice) => ({ ...notice, shown: shown.has(`${notice.tag} ${notice.revision}`) }))
}
