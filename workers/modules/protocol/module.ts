import { contract } from '#protocol/protocol/contract.ts'
import { defineWorkerModule } from '../../kernel/modules.ts'
import { serveProtocol } from './service.ts'

export const workerModule = defineWorkerModule({
  contract,
  needs: ['bus', 'runtime', 'signer', 'config', 'shelf', 'notify', 'publish'],
  // a node describes itself before it is in a community
  wants: ['log', 'views', 'federation'],
  start: serveProtocol,
})
