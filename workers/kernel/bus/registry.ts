import type { Capability, Streaming } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { Handler, StreamHandler } from './bus.ts'

/** A capability with whoever answers it here. */
export interface Served {
  readonly capability: Capability
  readonly handler: Handler<Capability> | null
  readonly streamHandler: StreamHandler<Streaming> | null
  /** Takes one of the contract's `max_concurrent` places. @returns what gives it back. @throws HearthError `capacity_exceeded` */
  enter(): () => void
}

export interface Registry {
  add<C extends Capability>(capability: C, handler: Handler<C>): () => void
  addStream<C extends Streaming>(capability: C, handler: StreamHandler<C>): () => void
  find(name: string): Served | undefined
  all(): readonly Capability[]
  /** Calls running now, all capabilities together. */
  running(): number
}

/** Who answers what on this node (BUS-2). */
export function createRegistry(): Registry {
  const served = new Map<string, Served>()
  let all = 0

  function places(capability: Capability): Served['enter'] {
    let running = 0
    return () => {
      if (running >= capability.maxConcurrent) {
        throw new HearthError('capacity_exceeded', `${capability.name} runs ${running} times already`)
      }
      running++
      all++
      return () => {
        running--
        all--
      }
    }
  }

  function register(entry: Served): () => void {
    const { name } = entry.capability
    if (served.has(name)) throw new TypeError(`${name} has a handler already`)
    served.set(name, entry)
    return () => {
      if (served.get(name) === entry) served.delete(name)
    }
  }

  return {
    add(capability, handler) {
      if (capability.stream !== null) throw new TypeError(`${capability.name} streams: use handleStream`)
      // every input is held to this capability's own schema before the handler sees it
      const erased = handler as unknown as Handler<Capability>
      return register({ capability, handler: erased, streamHandler: null, enter: places(capability) })
    },
    addStream(capability, handler) {
      // as above
      const erased = handler as unknown as StreamHandler<Streaming>
      return register({ capability, handler: null, streamHandler: erased, enter: places(capability) })
    },
    find: (name) => served.get(name),
    all: () => [...served.values()].map(({ capability }) => capability),
    running: () => all,
  }
}
