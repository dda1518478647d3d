import { modelChanged, shardAdvertised, shardWithdrawn } from '#protocol/distributed-inference/events.ts'
import { eventsWatch } from '#protocol/events/capabilities.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import { createShardDirectory, isLess, type ShardDirectory } from './directory.ts'
import { serveShards } from './shard-host.ts'
import { openSharing, type Sharing } from './sharing.ts'
import { limitsFor } from './sharing-memory.ts'

type Kernel = Pick<ModuleDeps, 'bus' | 'runtime' | 'shelf' | 'notify'> & Partial<Pick<ModuleDeps, 'tensors' | 'members'>>

export interface HostingDeps extends Kernel {
  readonly compute: ComputeClient
  /** Of the device; null where it does not say. */
  readonly memoryBytes: number | null
}

/** What this device computes for others, and what others offer it. */
export interface Hosting {
  readonly directory: ShardDirectory
  readonly sharing: Sharing
  /** Takes everything back, the shards first (DLM-9). */
  stop(): Promise<void>
}

/** Serves layers to others and listens to theirs. What answers a person stands on this. */
export async function serveHosting(deps: HostingDeps): Promise<Hosting> {
  const { bus, runtime, notify } = deps
  const directory = createShardDirectory({ bus, runtime })
  const sharing = await openSharing({
    ...deps,
    limits: limitsFor(deps.memoryBytes),
    elsewhere: (weightsHash) =>
      directory
        .nodes()
        .flatMap(({ shards }) => shards.flatMap((shard) => (shard.weights_sha256 === weightsHash ? [shard.layers] : []))),
  })
  let own = sharing.ready()
  const stops = [
    sharing.changed.on(() => {
      const before = own
      own = sharing.ready()
      notify(shardAdvertised, ...(isLess(own, before) ? [shardWithdrawn] : []))
    }),
    directory.changed.on(() => notify(shardAdvertised)),
    directory.gone.on(() => notify(shardWithdrawn)),
  ]
  const stopServing = serveShards({ ...deps, sharing, reach: () => directory.reach() })
  const stopping = new AbortController()

  /** A model that came may be what an offer waits for. */
  async function followModels(): Promise<void> {
    for await (const { types } of bus.stream(eventsWatch, {}, { signal: stopping.signal }))
      if (types.includes(modelChanged.type)) await sharing.retry().catch(reportError)
  }
  void followModels().catch(() => undefined)

  return {
    directory,
    sharing,
    async stop() {
      await stopServing()
      stopping.abort()
      directory.stop()
      for (const stop of stops) stop()
    },
  }
}
