import type { Decision } from '#protocol/civdef/decision.ts'
import { alertExplain } from '#protocol/civdef/desk-capabilities.ts'
import { useQueries } from './use-queries.ts'

/** What this device decided about each alert, and why; undefined while it is asked (CIV-12). */
export function useDecisions(keys: readonly string[]): (key: string) => Decision | undefined {
  const answers = useQueries(
    alertExplain,
    keys.map((key) => ({ key })),
  )
  const found = new Map(
    answers.flatMap((state, at) => {
      const key = keys[at]
      return state.status === 'ready' && key !== undefined ? [[key, state.data] as const] : []
    }),
  )
  return (key) => found.get(key)
}
