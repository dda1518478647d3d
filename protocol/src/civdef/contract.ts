import { defineModuleContract } from '../core/module.ts'

export const contract = defineModuleContract({
  id: 'civdef',
  number: 'M31',
  stability: 'experimental',
  config: 'civdef',
  events: [],
  planned: {
    capabilities: [
      'experimental.civdef.alert.publish',
      'experimental.civdef.alert.cancel',
      'experimental.civdef.alert.list',
      'experimental.civdef.alert.get',
      'experimental.civdef.alert.subscribe',
      'experimental.civdef.alert.ack',
      'experimental.civdef.alert.acks',
      'experimental.civdef.role.register',
      'experimental.civdef.role.list',
      'experimental.civdef.role.revoke',
      'experimental.civdef.audit.export',
    ],
    events: [
      'civdef.alert.published',
      'civdef.alert.forwarded',
      'civdef.alert.acked',
      'civdef.alert.cancelled',
      'civdef.alert.dropped.revoked',
      'civdef.alert.foreign_role',
      'civdef.role.registered',
      'civdef.role.revoked',
      'civdef.audit.checkpointed',
      'civdef.audit.broken',
    ],
  },
})
