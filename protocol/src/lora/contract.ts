import { defineModuleContract } from '../core/module.ts'
import * as events from './events.ts'

export const contract = defineModuleContract({
  id: 'lora',
  number: 'M29',
  stability: 'experimental',
  config: 'lora',
  events: [
    events.beaconSent,
    events.beaconReceived,
    events.panicSent,
    events.panicReceived,
    events.peerUnknown,
    events.peerVerified,
    events.peerConflict,
    events.dutyCycleExhausted,
    events.dutyCycleOverridden,
    events.rxDropped,
    events.chainAnchored,
    events.panicEnded,
    events.stickChanged,
  ],
  planned: { capabilities: [], events: [] },
})
