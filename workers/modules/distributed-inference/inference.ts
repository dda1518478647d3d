import { HearthError } from '#protocol/core/errors.ts'
import { contract } from '#protocol/distributed-inference/contract.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { ModelStore } from '../../compute/model/store.ts'
import { defineWorkerModule, type WorkerModule } from '../../kernel/modules.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import { openFaultRecord } from './fault-record.ts'
import { serveModels } from './models/serve-models.ts'
import { createPatience } from './patience.ts'
import { servePipelines } from './pipelines.ts'
import { serveHosting } from './serve.ts'
import { openShardLink } from './shard-link.ts'

/** What a device has for models: where it computes and keeps them, and how it asks for files. */
export interface ModelPlace {
  readonly compute: ComputeClient
  readonly store: ModelStore
  readonly fetch: typeof fetch
  /** Of the device; null where it does not say. */
  readonly memoryBytes: number | null
}

/** The module on a device of whatever kind. @param place taken anew with each start; its compute client is closed with the module */
export const inferenceOn = (place: (runtime: Runtime) => ModelPlace): WorkerModule =>
  defineWorkerModule({
    contract,
    needs: ['bus', 'runtime', 'shelf', 'notify'],
    // alone on a device without a community it still answers; with neighbours it computes with them
    wants: ['tensors', 'members'],
    async start(deps) {
      const here = place(deps.runtime)
      const { compute } = here
      const stopModels = await serveModels({ ...deps, ...here })
      const hosting = await serveHosting({ ...deps, ...here })
      const { bus, tensors } = deps
      const patiently = createPatience(deps.runtime)
      const stopAnswering = servePipelines({
        ...deps,
        compute,
        directory: hosting.directory,
        faults: await openFaultRecord(deps.shelf, deps.runtime),
        async openLink(peer, shard, options) {
          if (!tensors) throw new HearthError('partition', 'without a community nobody else computes')
          return patiently(peer, () => openShardLink({ bus, tensors }, peer, shard, options), options.signal)
        },
      })
      return async () => {
        stopAnswering()
        await hosting.stop()
        await stopModels()
        compute.close()
      }
    },
  })
