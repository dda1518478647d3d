import { defineModuleContract } from '../core/module.ts'
import * as events from './events.ts'

export const contract = defineModuleContract({
  id: 'community',
  number: null,
  stability: 'stable',
  config: null,
  events: Object.values(events),
  planned: { capabilities: [], events: [] },
})
