import { defineModuleContract } from '../core/module.ts'
import { tokenIssue, tokenRevoke } from './capabilities.ts'
import { tokenRevoked } from './events.ts'

export const contract = defineModuleContract({
  id: 'auth',
  number: null,
  stability: 'stable',
  config: null,
  capabilities: [tokenIssue, tokenRevoke],
  events: [tokenRevoked],
  planned: { capabilities: [], events: [] },
})
