import { useCallback, useMemo, useState, useSyncExternalStore } from 'react'
import { canonical } from '#protocol/core/canonical.ts'
import type { Capability, Input, Output } from '#protocol/core/capability.ts'
import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { useConnection } from './provider.tsx'
import type { QueryState } from './query-store.ts'

export type { QueryState } from './query-store.ts'

const LOADING: QueryState<never> = { status: 'loading' }
const unsubscribed = (): void => undefined

export interface QueryOptions {
  /** False while the question makes no sense yet: nothing is asked and the state is `loading`. */
  readonly enabled?: boolean
}

/** Asks the node and asks again when events arrive that can change the answer; inputs are compared by value. */
export function useQuery<C extends Capability>(
  capability: C,
  input: Input<C>,
  { enabled = true }: QueryOptions = {},
): QueryState<Output<C>> {
  const { queries } = useConnection()
  const key = canonical(input)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for `input`, which is a new object with each render
  const query = useMemo(() => queries.query(capability, input), [queries, capability, key])
  const subscribe = useCallback(
    (listener: () => void) => (enabled ? query.subscribe(listener) : unsubscribed),
    [query, enabled],
  )
  const get = (): QueryState<Output<C>> => (enabled ? query.get() : LOADING)
  return useSyncExternalStore(subscribe, get, get)
}

export interface CallState<C extends Capability> {
  /** Calls the node. @returns the output, or undefined when it failed: then `error` says why */
  readonly run: (input: Input<C>) => Promise<Output<C> | undefined>
  readonly busy: boolean
  readonly error: HearthError | null
  readonly reset: () => void
}

/** One action of a screen. */
export function useCall<C extends Capability>(capability: C): CallState<C> {
  const connection = useConnection()
  const [running, setRunning] = useState(0)
  const [error, setError] = useState<HearthError | null>(null)

  const run = useCallback(
    async (input: Input<C>): Promise<Output<C> | undefined> => {
      setRunning((count) => count + 1)
      setError(null)
      try {
        const { client } = connection.get()
        if (!client) throw new HearthError('partition', 'the node is not running')
        return await client.call(capability, input)
      } catch (thrown) {
        setError(toHearthError(thrown))
        return undefined
      } finally {
        setRunning((count) => count - 1)
      }
    },
    [connection, capability],
  )
  const reset = useCallback(() => setError(null), [])
  return { run, busy: running > 0, error, reset }
}
