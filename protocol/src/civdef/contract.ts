import { defineModuleContract } from '../core/module.ts'
import * as events from './events.ts'

export const contract = defineModuleContract({
  id: 'civdef',
  number: 'M31',
  stability: 'experimental',
  config: 'civdef',
  events: [
    events.alertPublished,
    events.alertForwarded,
    events.alertAcked,
    events.alertCancelled,
    events.alertDroppedRevoked,
    events.alertForeignRole,
    events.roleRegistered,
    events.roleRevoked,
    events.auditCheckpointed,
    events.auditBroken,
    events.rootChanged,
    events.walletChanged,
    events.cosignChanged,
    events.draftsChanged,
    events.auditChanged,
    events.feedChanged,
    events.placeChanged,
    events.noticeChanged,
    events.incidentChanged,
    events.alertOpened,
  ],
  planned: { capabilities: [], events: [] },
})
