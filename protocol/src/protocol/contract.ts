import { defineModuleContract } from '../core/module.ts'
import * as events from './events.ts'

export const contract = defineModuleContract({
  id: 'protocol',
  number: 'M32',
  stability: 'stable',
  config: 'protocol',
  events: Object.values(events),
  planned: { capabilities: [], events: [] },
})
