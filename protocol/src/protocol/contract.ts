import { defineModuleContract } from '../core/module.ts'

export const contract = defineModuleContract({
  id: 'protocol',
  number: 'M32',
  stability: 'stable',
  config: 'protocol',
  events: [],
  planned: {
    capabilities: ['protocol.conformance.report', 'protocol.registry.list', 'protocol.registry.announce'],
    events: ['protocol.descriptor.announced', 'protocol.registry.updated', 'protocol.conformance.ran'],
  },
})
