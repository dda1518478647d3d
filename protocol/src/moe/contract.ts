import { defineModuleContract } from '../core/module.ts'

export const contract = defineModuleContract({
  id: 'moe',
  number: 'M27',
  stability: 'experimental',
  config: 'moe',
  events: [],
  planned: {
    capabilities: [
      'experimental.moe.expert.register',
      'experimental.moe.expert.list',
      'experimental.moe.expert.unregister',
      'experimental.moe.route.query',
      'experimental.moe.route.handoff',
      'experimental.moe.feedback.record',
    ],
    events: [
      'moe.expert.registered',
      'moe.expert.unregistered',
      'moe.route.computed',
      'moe.handoff.initiated',
      'moe.handoff.accepted',
      'moe.handoff.declined',
      'moe.handoff.timed_out',
      'moe.feedback.recorded',
    ],
  },
})
