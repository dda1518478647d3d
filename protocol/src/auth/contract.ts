import { defineModuleContract } from '../core/module.ts'
import { tokenIssue, tokenRevoke } from './capabilities.ts'
import { tokenRevoked } from './events.ts'

export const contract = defineModuleContract({
  id: 'auth',
  number: null,
  stability: 'stable',
  capabilities: [tokenIssue, tokenRevoke],
  events: [tokenRevoked],
  planned: { capabilities: [], events: [] },
})
