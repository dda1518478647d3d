import { contract } from '#protocol/evidence/contract.ts'
import { defineWorkerModule } from '../../kernel/modules.ts'
import { serveEvidence } from './service.ts'

export const workerModule = defineWorkerModule({
  contract,
  needs: ['bus', 'runtime', 'signer', 'config', 'shelf', 'notify', 'log', 'views', 'members', 'publish'],
  start: serveEvidence,
})
