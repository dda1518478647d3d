import { useRef, useState } from 'react'
import type { Capability, Input, Output } from '#protocol/core/capability.ts'
import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { useConnection } from '../../port/provider.tsx'

export interface Cancellable<C extends Capability> {
  /** @returns the output, or undefined when it failed or was cancelled */
  readonly run: (input: Input<C>) => Promise<Output<C> | undefined>
  readonly cancel: () => void
  readonly busy: boolean
  readonly cancelled: boolean
  readonly error: HearthError | null
}

type Outcome = { readonly kind: 'idle' | 'busy' | 'cancelled' } | { readonly kind: 'failed'; readonly error: HearthError }

/** A call so long that a person must be able to end it (BUS-4 `cancel`). */
export function useCancellable<C extends Capability>(capability: C): Cancellable<C> {
  const connection = useConnection()
  const current = useRef<AbortController | null>(null)
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'idle' })

  const run = async (input: Input<C>): Promise<Output<C> | undefined> => {
    const mine = new AbortController()
    current.current = mine
    setOutcome({ kind: 'busy' })
    try {
      const { client } = connection.get()
      if (!client) throw new HearthError('partition', 'the node is not running')
      const output = await client.call(capability, input, { signal: mine.signal })
      if (current.current === mine) setOutcome({ kind: 'idle' })
      return output
    } catch (thrown) {
      if (current.current === mine && !mine.signal.aborted) setOutcome({ kind: 'failed', error: toHearthError(thrown) })
      return undefined
    }
  }
  const cancel = () => {
    setOutcome({ kind: 'cancelled' })
    current.current?.abort()
  }
  return {
    run,
    cancel,
    busy: outcome.kind === 'busy',
    cancelled: outcome.kind === 'cancelled',
    error: outcome.kind === 'failed' ? outcome.error : null,
  }
}
