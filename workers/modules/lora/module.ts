import { contract } from '#protocol/lora/contract.ts'
import { defineWorkerModule } from '../../kernel/modules.ts'
import { createBrowserSticks } from './serial-bridge-browser.ts'
import { serveLora } from './service.ts'

export const workerModule = defineWorkerModule({
  contract,
  needs: ['bus', 'runtime', 'signer', 'config', 'shelf', 'notify', 'log', 'views', 'members', 'publish'],
  start: (deps) => serveLora({ ...deps, sticks: createBrowserSticks(deps.runtime) }),
})
