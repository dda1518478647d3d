import { useMemo, useSyncExternalStore } from 'react'
import { canonical } from '#protocol/core/canonical.ts'
import type { Capability, Input, Output } from '#protocol/core/capability.ts'
import type { QueryState } from '../../port/hooks.ts'
import { useConnection } from '../../port/provider.tsx'
import type { Query } from '../../port/query-store.ts'

interface Together<T> {
  readonly get: () => readonly QueryState<T>[]
  readonly subscribe: Query<T>['subscribe']
}

function together<T>(queries: readonly Query<T>[]): Together<T> {
  let last: readonly QueryState<T>[] = []
  return {
    subscribe(listener) {
      const stops = queries.map(({ subscribe }) => subscribe(listener))
      return () => {
        for (const stop of stops) stop()
      }
    },
    get() {
      const next = queries.map(({ get }) => get())
      // the same answers are the same list: whoever renders it renders it once
      if (next.length !== last.length || next.some((state, at) => state !== last[at])) last = next
      return last
    },
  }
}

/** One question with several inputs, each asked and asked again as `useQuery` does. */
export function useQueries<C extends Capability>(capability: C, inputs: readonly Input<C>[]): readonly QueryState<Output<C>>[] {
  const { queries } = useConnection()
  const key = canonical(inputs)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for `inputs`, which is a new list with each render
  const all = useMemo(() => together(inputs.map((input) => queries.query(capability, input))), [queries, capability, key])
  return useSyncExternalStore(all.subscribe, all.get, all.get)
}
