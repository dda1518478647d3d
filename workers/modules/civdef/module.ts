import { contract } from '#protocol/civdef/contract.ts'
import { defineWorkerModule } from '../../kernel/modules.ts'
import { serveCivdef } from './service.ts'

export const workerModule = defineWorkerModule({
  contract,
  needs: ['bus', 'runtime', 'signer', 'config', 'shelf', 'keys', 'notify', 'log', 'views', 'members', 'publish'],
  // alerts cross to other communities where there is an agreement
  wants: ['federation'],
  start: serveCivdef,
})
