import { HearthError } from '#protocol/core/errors.ts'
import { contract } from '#protocol/distributed-inference/contract.ts'
import { createComputeClient } from '../../compute/client.ts'
import { defineWorkerModule } from '../../kernel/modules.ts'
import { browserModels } from './models/browser-models.ts'
import { serveModels } from './models/serve-models.ts'
import { servePipelines } from './pipelines.ts'
import { serveHosting } from './serve.ts'
import { openShardLink } from './shard-link.ts'

const GIB = 1024 ** 3

/** What the browser says of the device, in steps of powers of two; null where it says nothing. */
function memoryBytes(): number | null {
  const gib: unknown = Reflect.get(navigator, 'deviceMemory')
  return typeof gib === 'number' ? gib * GIB : null
}

export const workerModule = defineWorkerModule({
  contract,
  needs: ['bus', 'runtime', 'shelf', 'notify'],
  // alone on a device without a community it still answers; with neighbours it computes with them
  wants: ['tensors', 'members'],
  async start(deps) {
    const compute = createComputeClient()
    const stopModels = await serveModels({ ...deps, ...browserModels(deps.runtime), compute })
    const hosting = await serveHosting({ ...deps, compute, memoryBytes: memoryBytes() })
    const { bus, tensors } = deps
    const stopAnswering = servePipelines({
      ...deps,
      compute,
      directory: hosting.directory,
      async openLink(peer, shard, options) {
        if (!tensors) throw new HearthError('partition', 'without a community nobody else computes')
        return openShardLink({ bus, tensors }, peer, shard, options)
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
