import { defineModuleContract } from '../core/module.ts'
import { eventsList, eventsStats, eventsWatch } from './capabilities.ts'
import { logNoticed } from './events.ts'

export const contract = defineModuleContract({
  id: 'events',
  number: null,
  stability: 'stable',
  config: null,
  capabilities: [eventsWatch, eventsStats, eventsList],
  events: [logNoticed],
  planned: { capabilities: [], events: [] },
})
