import { defineModuleContract } from '../core/module.ts'
import { tokenRevoked } from './events.ts'

export const contract = defineModuleContract({
  id: 'auth',
  number: null,
  stability: 'stable',
  config: null,
  events: [tokenRevoked],
  planned: { capabilities: [], events: [] },
})
