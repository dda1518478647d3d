import { defineModuleContract } from '../core/module.ts'
import { configChanged } from './events.ts'

export const contract = defineModuleContract({
  id: 'config',
  number: null,
  stability: 'stable',
  config: null,
  events: [configChanged],
  planned: { capabilities: [], events: [] },
})
