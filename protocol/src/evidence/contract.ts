import { defineModuleContract } from '../core/module.ts'
import * as events from './events.ts'

export const contract = defineModuleContract({
  id: 'evidence',
  number: 'M30',
  stability: 'experimental',
  config: 'evidence',
  events: [
    events.claimAsserted,
    events.claimAttested,
    events.disputeOpened,
    events.disputeRetracted,
    events.ebkhSynced,
    events.ebkhSyncPartial,
    events.draftsChanged,
    events.quarantineChanged,
    events.sampleChanged,
    events.listsChanged,
  ],
  planned: { capabilities: [], events: [] },
})
