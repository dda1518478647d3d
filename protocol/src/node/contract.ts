import { defineModuleContract } from '../core/module.ts'
import * as capabilities from './capabilities.ts'
import { meshChanged, statusChanged } from './events.ts'

export const contract = defineModuleContract({
  id: 'node',
  number: null,
  stability: 'stable',
  config: null,
  capabilities: [
    capabilities.nodeStatus,
    capabilities.identityCreate,
    capabilities.recoveryExport,
    capabilities.recoverySettle,
    capabilities.identityRestore,
    capabilities.nodePeers,
    capabilities.manifestExchange,
    capabilities.nodeEcho,
    capabilities.nodeStorage,
    capabilities.nodeTraces,
    capabilities.nodeErase,
  ],
  events: [meshChanged, statusChanged],
  planned: { capabilities: [], events: [] },
})
