import { defineModuleContract } from '../core/module.ts'

export const contract = defineModuleContract({
  id: 'lora',
  number: 'M29',
  stability: 'experimental',
  config: 'lora',
  events: [],
  planned: {
    capabilities: [
      'experimental.lora.status',
      'experimental.lora.beacon.send',
      'experimental.lora.panic.send',
      'experimental.lora.peer.list',
      'experimental.lora.peer.verify',
      'experimental.lora.recent_beacons',
      'experimental.lora.duty_cycle',
    ],
    events: [
      'lora.beacon.sent',
      'lora.beacon.received',
      'lora.panic.sent',
      'lora.panic.received',
      'lora.peer.unknown',
      'lora.peer.verified',
      'lora.peer.conflict',
      'lora.duty_cycle.exhausted',
      'lora.duty_cycle.overridden',
      'lora.rx.dropped',
    ],
  },
})
