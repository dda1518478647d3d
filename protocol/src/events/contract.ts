import { defineModuleContract } from '../core/module.ts'
import { logNoticed } from './events.ts'

export const contract = defineModuleContract({
  id: 'events',
  number: null,
  stability: 'stable',
  config: null,
  events: [logNoticed],
  planned: { capabilities: [], events: [] },
})
