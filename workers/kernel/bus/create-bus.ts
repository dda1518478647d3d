import type { Capability, Frame, Input, Output, Streaming } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { parseAs } from '#protocol/core/schema.ts'
import type { Runtime } from '../runtime.ts'
import { createAdmission } from './admission.ts'
import type { Bus, BusDeps, BusMonitor, Caller, CallOptions } from './bus.ts'
import { createClient } from './client.ts'
import { drain, invoke, invokeStream } from './invoke.ts'
import { createRateLimiter } from './rate.ts'
import { createRegistry, type Served } from './registry.ts'
import { createRemote } from './remote.ts'
import { createRouter } from './router.ts'
import { createServer } from './server.ts'
import { createTraces } from './traces.ts'

/** The one bus of a node (section 6): its own handlers first, then whoever in the community announces the capability. */
export function createBus(runtime: Runtime, deps: BusDeps): Bus & BusMonitor {
  const registry = createRegistry()
  const traces = createTraces(runtime)
  const rates = createRateLimiter(runtime.monotonic, (peer) => deps.onAbuse?.(peer))
  const admission = createAdmission(runtime, deps, registry, rates)
  const remote = createRemote({
    traces,
    client: createClient(runtime, deps),
    router: createRouter(runtime, deps.providers),
  })

  /** The handler here, unless another node is asked for. */
  function local(capability: Capability, to: NodeId | undefined): Served | null {
    if (to !== undefined && to !== deps.self()) return null
    const served = registry.find(capability.name)
    if (served) return served
    if (to === undefined && capability.trust !== 'self' && deps.providers(capability).length > 0) return null
    if (deps.isDisabled(capability.name)) throw new HearthError('experimental_disabled', `${capability.name} is switched off`)
    throw new HearthError('not_implemented', `nobody in reach serves ${capability.name}`)
  }

  const me = (): Caller => ({ nodeId: deps.self(), level: 'self' })

  async function callHere(served: Served, input: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    const end = traces.begin({ capability: served.capability.name, provider: null, caller: null })
    try {
      const output = await invoke(runtime, { served, caller: me(), input, signal })
      end()
      return output
    } catch (thrown) {
      end(thrown)
      throw thrown
    }
  }

  async function* streamHere(
    served: Served,
    input: unknown,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<unknown, unknown> {
    const end = traces.begin({ capability: served.capability.name, provider: null, caller: null })
    let failure: unknown
    try {
      return yield* invokeStream(runtime, { served, caller: me(), input, signal })
    } catch (thrown) {
      failure = thrown
      throw thrown
    } finally {
      end(failure)
    }
  }

  async function call<C extends Capability>(capability: C, input: Input<C>, options: CallOptions = {}): Promise<Output<C>> {
    parseAs(capability.input, input)
    const served = local(capability, options.to)
    const ask = { capability, input, options }
    if (served) return callHere(served, input, options.signal) as Promise<Output<C>> // its handler is typed by this contract
    const answer = capability.stream === null ? remote.call(ask) : drain(remote.stream(ask))
    return answer as Promise<Output<C>> // the client held it to the contract's schema
  }

  async function* stream<C extends Streaming>(
    capability: C,
    input: Input<C>,
    options: CallOptions = {},
  ): AsyncGenerator<Frame<C>, Output<C>> {
    parseAs(capability.input, input)
    const served = local(capability, options.to)
    const frames = served ? streamHere(served, input, options.signal) : remote.stream({ capability, input, options })
    return yield* frames as AsyncGenerator<Frame<C>, Output<C>> // as in `call`
  }

  return {
    handle: registry.add,
    handleStream: registry.addStream,
    serves: (name) => registry.find(name) !== undefined,
    call,
    stream,
    answer: createServer({ runtime, admission, registry, rates, traces }),
    traces: traces.newest,
    load: registry.running,
    served: registry.all,
  }
}
