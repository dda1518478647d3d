import { contract } from '#protocol/distributed-inference/contract.ts'
import { createComputeClient } from '../../compute/client.ts'
import { defineWorkerModule } from '../../kernel/modules.ts'
import { serveDistributedInference } from './service.ts'

export const workerModule = defineWorkerModule({
  contract,
  needs: ['bus', 'runtime'],
  start: async ({ bus, runtime }) => serveDistributedInference({ bus, runtime, compute: createComputeClient() }),
})
