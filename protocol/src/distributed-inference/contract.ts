import { defineModuleContract } from '../core/module.ts'
import * as events from './events.ts'

export const contract = defineModuleContract({
  id: 'distributed-inference',
  number: 'M26',
  stability: 'experimental',
  config: 'distributed_llm',
  events: Object.values(events),
  planned: { capabilities: [], events: [] },
})
