import type { Static } from '@sinclair/typebox'
import { alertSubscribe } from '#protocol/civdef/capabilities.ts'
import type { AlertRecord, AlertState } from '#protocol/civdef/records.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import type { View } from '../../kernel/views.ts'
import type { Knowledge } from './knowledge.ts'
import { fits } from './listing.ts'
import type { AlertRow } from './store.ts'

type Change = Static<NonNullable<(typeof alertSubscribe)['stream']>>['change']

type Deps = Pick<ModuleDeps, 'bus' | 'runtime'> & { readonly knowledge: Knowledge; readonly alerts: View<AlertRow> }

const CHANGE_OF: Readonly<Record<AlertState, Change>> = {
  active: 'published',
  replaced: 'replaced',
  cancelled: 'cancelled',
  expired: 'expired',
}

/** Longest time between two looks at what ended: a timer further off than 24 days fires at once. */
const LOOK_MS = 3_600_000

const endOf = ({ alert, mirror }: AlertRecord): number =>
  Date.parse(alert?.expires_at ?? mirror?.expires_at ?? '') || Number.POSITIVE_INFINITY

/**
 * Follows alerts from now on. What changes while the listener is slow is kept by alert and not by change, so that nothing grows
 * without bound; the last state of each arrives.
 */
export function serveSubscription({ bus, runtime, knowledge, alerts }: Deps): (() => void)[] {
  return [
    bus.handleStream(alertSubscribe, async function* ({ state, ...filter }, { signal, caller }) {
      const states = new Map<string, AlertState>()
      for (const row of alerts.rows()) states.set(row.key, knowledge.record(row).state)
      const moved = new Set<string>()
      let wake = (): void => {}
      let cancelTimer = (): void => {}
      const touch = (keys: readonly string[]): void => {
        for (const key of keys) moved.add(key)
        wake()
      }
      /** An alert ends by itself, without any event. */
      function watchEnds(): void {
        cancelTimer()
        const active = [...states].filter(([, one]) => one === 'active').flatMap(([key]) => alerts.get(key) ?? [])
        const ends = active.map((row) => ({ key: row.key, at: endOf(knowledge.record(row)) }))
        const next = Math.min(...ends.map(({ at }) => at))
        if (!Number.isFinite(next)) return
        const wait = Math.min(Math.max(0, next - runtime.now()), LOOK_MS)
        cancelTimer = runtime.after(wait, () => touch(ends.filter(({ at }) => at <= runtime.now()).map(({ key }) => key)))
      }
      const stop = alerts.changed.on((keys) => {
        // a new one changes what it takes the place of
        const before = keys.flatMap((key) => alerts.get(key)?.heard.flatMap(({ alert }) => alert?.replaces ?? []) ?? [])
        touch([...keys, ...before])
      })
      const onAbort = (): void => wake()
      signal.addEventListener('abort', onAbort)
      try {
        while (!signal.aborted) {
          const keys = [...moved]
          moved.clear()
          for (const key of keys) {
            const row = alerts.get(key)
            const record = row && knowledge.record(row)
            if (!record || states.get(key) === record.state) continue
            states.set(key, record.state)
            // what was opened here is for the person here (CIV-6)
            if (record.origin === 'sealed' && caller.level !== 'self') continue
            const wanted = fits(record, filter) && (state === undefined || record.state === state)
            if (wanted && knowledge.decision(row).delivery !== 'refuse') yield { change: CHANGE_OF[record.state], record }
          }
          watchEnds()
          if (moved.size > 0) continue
          await new Promise<void>((resolve) => {
            wake = resolve
            if (signal.aborted || moved.size > 0) resolve()
          })
        }
        return {}
      } finally {
        stop()
        cancelTimer()
        signal.removeEventListener('abort', onAbort)
      }
    }),
  ]
}
