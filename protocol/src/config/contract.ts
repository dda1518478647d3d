import { defineModuleContract } from '../core/module.ts'
import { configGet, configSet } from './capabilities.ts'
import { configChanged } from './events.ts'

export const contract = defineModuleContract({
  id: 'config',
  number: null,
  stability: 'stable',
  config: null,
  capabilities: [configGet, configSet],
  events: [configChanged],
  planned: { capabilities: [], events: [] },
})
