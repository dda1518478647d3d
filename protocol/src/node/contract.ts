import { defineModuleContract } from '../core/module.ts'
import { meshChanged, statusChanged } from './events.ts'

export const contract = defineModuleContract({
  id: 'node',
  number: null,
  stability: 'stable',
  config: null,
  events: [meshChanged, statusChanged],
  planned: { capabilities: [], events: [] },
})
