import type { Capability } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { CallOptions } from './bus.ts'
import type { BusClient } from './client.ts'
import { isProviderFailure, isWorthRetrying, type Router } from './router.ts'
import type { Traces } from './traces.ts'

/** Providers asked for one call at most. */
const MAX_ATTEMPTS = 3

interface RemoteDeps {
  readonly client: BusClient
  readonly router: Router
  readonly traces: Traces
}

interface Ask {
  readonly capability: Capability
  readonly input: unknown
  readonly options: CallOptions
}

export interface Remote {
  call(ask: Ask): Promise<unknown>
  stream(ask: Ask): AsyncGenerator<unknown, unknown>
}

/** Calls at other nodes: one that is named, or the router's choice with another try elsewhere (BUS-5). */
export function createRemote({ client, router, traces }: RemoteDeps): Remote {
  /** @returns the next provider to ask, or null when there is none or enough were asked */
  function choose({ capability, options }: Ask, tried: Set<NodeId>): NodeId | null {
    if (tried.size >= (capability.idempotent ? MAX_ATTEMPTS : 1)) return null
    const peer = options.to ?? router.pick(capability, options.session, tried)
    if (peer === null || tried.has(peer)) return null
    tried.add(peer)
    return peer
  }

  /** Follows one attempt into the traces and the provider's record; only the first ending counts. */
  function track(peer: NodeId, { capability, options }: Ask): (failure?: unknown) => void {
    const trace = traces.begin({ capability: capability.name, provider: peer, caller: null })
    let ended = false
    return (failure) => {
      if (ended) return
      ended = true
      trace(failure)
      const gaveUp = failure !== undefined && options.signal?.aborted === true
      router.note(peer, gaveUp ? null : !isProviderFailure(failure))
    }
  }

  const mayTryElsewhere = ({ options }: Ask, failure: unknown): boolean => !options.signal?.aborted && isWorthRetrying(failure)
  const nobody = ({ capability }: Ask): unknown =>
    new HearthError('partition', `nobody who serves ${capability.name} can be asked now`)

  return {
    async call(ask) {
      const tried = new Set<NodeId>()
      let failure = nobody(ask)
      for (let peer = choose(ask, tried); peer !== null; peer = choose(ask, tried)) {
        const end = track(peer, ask)
        try {
          const output = await client.call({ ...ask, peer })
          end()
          return output
        } catch (thrown) {
          end(thrown)
          failure = thrown
          if (!mayTryElsewhere(ask, thrown)) break
        }
      }
      throw failure
    },
    async *stream(ask) {
      const tried = new Set<NodeId>()
      let failure = nobody(ask)
      for (let peer = choose(ask, tried); peer !== null; peer = choose(ask, tried)) {
        const end = track(peer, ask)
        const frames = client.stream({ ...ask, peer })
        let begun = false
        try {
          for (let step = await frames.next(); ; step = await frames.next()) {
            if (step.done) return step.value
            begun = true
            yield step.value
          }
        } catch (thrown) {
          end(thrown)
          failure = thrown
          if (begun || !mayTryElsewhere(ask, thrown)) break
        } finally {
          end()
          await frames.return(undefined)
        }
      }
      throw failure
    },
  }
}
