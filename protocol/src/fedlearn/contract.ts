import { defineModuleContract } from '../core/module.ts'

export const contract = defineModuleContract({
  id: 'fedlearn',
  number: 'M28',
  stability: 'experimental',
  config: 'fedlearn',
  events: [],
  planned: {
    capabilities: [
      'experimental.fedlearn.round.announce',
      'experimental.fedlearn.round.list',
      'experimental.fedlearn.round.join',
      'experimental.fedlearn.round.submit',
      'experimental.fedlearn.round.status',
      'experimental.fedlearn.round.finalize',
      'experimental.fedlearn.adapter.fetch',
      'experimental.fedlearn.adapter.apply',
    ],
    events: [
      'fedlearn.round.announced',
      'fedlearn.round.joined',
      'fedlearn.round.consent.granted',
      'fedlearn.round.submitted',
      'fedlearn.round.aggregated',
      'fedlearn.round.completed',
      'fedlearn.round.aborted',
      'fedlearn.round.takeover',
      'fedlearn.adapter.published',
      'fedlearn.adapter.applied',
    ],
  },
})
