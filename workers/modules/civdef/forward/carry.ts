import { forwardDeliver } from '#protocol/civdef/exchange-capabilities.ts'
import { type ErrorCode, HearthError } from '#protocol/core/errors.ts'
import type { CommunityId } from '#protocol/core/ids.ts'
import { type Abroad, type Federation, grants } from '../../../kernel/federation/federation.ts'
import type { Runtime } from '../../../kernel/runtime.ts'
import type { View } from '../../../kernel/views.ts'
import type { AlertRow } from '../store.ts'
import type { HandOver } from './hand-over.ts'

/** Answers after which the same alert may be taken a moment later. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['partition', 'timeout', 'rate_limited', 'capacity_exceeded', 'not_found'])
const AGAIN_MS = 30_000

interface CarryDeps {
  readonly runtime: Runtime
  readonly federation: Federation
  readonly alerts: View<AlertRow>
  /** @throws HearthError where it may not leave this community */
  readonly leaving: (row: AlertRow) => HandOver
}

/**
 * Carries alerts that their publisher sent to other communities as well, to one device of each that has agreed to it. Whoever of
 * this community is connected does so; the other side keeps an alert once.
 */
export function startCarrying({ runtime, federation, alerts, leaving }: CarryDeps): (() => void)[] {
  /** Community, alert and end that were handed over, or refused for good. */
  const done = new Set<string>()
  let turn: Promise<void> = Promise.resolve()
  let cancelAgain: (() => void) | null = null

  function handed(row: AlertRow): HandOver | null {
    try {
      return leaving(row)
    } catch (failure) {
      if (failure instanceof HearthError) return null
      throw failure
    }
  }

  /** One device of each community, and the same one for everybody here as far as they see the same. */
  function receivers(): readonly Abroad[] {
    const first = new Map<CommunityId, Abroad>()
    const willing = federation.abroad().filter(({ partner }) => grants(partner, forwardDeliver))
    for (const one of willing.sort((a, b) => (a.peer < b.peer ? -1 : 1))) {
      const { community_id } = one.partner.theirs
      if (!first.has(community_id)) first.set(community_id, one)
    }
    return [...first.values()]
  }

  async function carry(what: HandOver, to: Abroad): Promise<void> {
    const { community_id } = to.partner.theirs
    const key = [community_id, what.alert.signature, what.cancellation?.signature].join(' ')
    if (done.has(key) || what.path.includes(community_id)) return
    if (Date.parse(what.alert.expires_at) <= runtime.now()) return
    try {
      await federation.call(forwardDeliver, what, to)
      done.add(key)
    } catch (failure) {
      if (!(failure instanceof HearthError)) reportError(failure)
      else if (PASSING.has(failure.code)) cancelAgain ??= runtime.after(AGAIN_MS, all)
      else done.add(key)
    }
  }

  /** One after the other: an alert that waits is worth more than ten that are refused for coming at once. */
  function carryAll(rows: readonly AlertRow[]): void {
    turn = turn.then(async () => {
      for (const to of receivers()) {
        for (const row of rows) {
          const what = handed(row)
          if (what) await carry(what, to)
        }
      }
    })
  }

  function all(): void {
    cancelAgain = null
    carryAll(alerts.rows())
  }

  all()
  return [
    federation.met.on(all),
    alerts.changed.on((keys) => carryAll(keys.flatMap((key) => alerts.get(key) ?? []))),
    () => cancelAgain?.(),
  ]
}
