import { contract } from '#protocol/protocol/contract.ts'
import { defineWorkerModule } from '../../kernel/modules.ts'
import { serveProtocol } from './service.ts'

export const workerModule = defineWorkerModule({
  contract,
  needs: ['bus', 'signer', 'config'],
  start: async (deps) => serveProtocol(deps),
})
