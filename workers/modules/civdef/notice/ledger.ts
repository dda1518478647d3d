import { ALERT_SEVERITIES, type AlertSeverity, severityRank } from '#protocol/civdef/terms.ts'
import { CountSchema, OneOf, Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import type { ModuleDeps } from '../../../kernel/modules.ts'
import { createTurn } from '../../../kernel/turn.ts'
import type { Seen } from './stand.ts'

/** Tags remembered at most; what ended first goes first, and what ended cannot come again. */
const MAX_TAGS = 4096
const MAX_REVISIONS = 16

const SeenSchema = Strict({
  tag: Type.String(),
  keys: Type.Array(Type.String()),
  revisions: Type.Array(Type.String()),
  severity: OneOf(ALERT_SEVERITIES),
  until: CountSchema,
})

/** One thing that was shown. */
export interface ShownNotice {
  readonly tag: string
  readonly revision: string
  /** The alert; null for a certificate. */
  readonly key: string | null
  readonly severity: AlertSeverity
  readonly until: number
}

export interface Ledger {
  all(): readonly Seen[]
  /** Durable when it resolves: no restart and no other tab shows it again (CIV-8). */
  add(shown: readonly ShownNotice[], now: number): Promise<void>
}

const louder = (a: AlertSeverity, b: AlertSeverity): AlertSeverity => (severityRank(a) > severityRank(b) ? a : b)

function merged(before: Seen | undefined, { tag, revision, key, severity, until }: ShownNotice): Seen {
  const keys = key === null ? [] : [key]
  if (!before) return { tag, keys, revisions: [revision], severity, until }
  return {
    tag,
    keys: [...new Set([...before.keys, ...keys])],
    revisions: [...before.revisions.filter((one) => one !== revision), revision].slice(-MAX_REVISIONS),
    severity: louder(before.severity, severity),
    until: Math.max(before.until, until),
  }
}

export async function openLedger({ shelf }: Pick<ModuleDeps, 'shelf'>): Promise<Ledger> {
  const drawer = await shelf.open('civdef.announced', Type.Array(SeenSchema), [])
  // two tabs that finish together must not write over each other
  const inTurn = createTurn()
  return {
    all: drawer.get,
    add: (shown, now) =>
      inTurn(async () => {
        const byTag = new Map<string, Seen>(drawer.get().map((seen) => [seen.tag, seen]))
        for (const one of shown) byTag.set(one.tag, merged(byTag.get(one.tag), one))
        const current = [...byTag.values()].filter(({ until }) => until > now)
        const kept = current.length > MAX_TAGS ? current.sort((a, b) => b.until - a.until).slice(0, MAX_TAGS) : current
        await drawer.set(kept.map(({ keys, revisions, ...seen }) => ({ ...seen, keys: [...keys], revisions: [...revisions] })))
      }),
  }
}
