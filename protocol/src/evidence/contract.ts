import { defineModuleContract } from '../core/module.ts'
import { claimAssert, claimGet, claimQuery } from './capabilities.ts'
import { claimAsserted } from './events.ts'

export const contract = defineModuleContract({
  id: 'evidence',
  number: 'M30',
  stability: 'experimental',
  config: 'evidence',
  capabilities: [claimAssert, claimGet, claimQuery],
  events: [claimAsserted],
  planned: {
    capabilities: [
      'experimental.evidence.claim.dispute',
      'experimental.evidence.claim.attest',
      'experimental.evidence.provenance.trace',
      'experimental.evidence.subject.summary',
      'experimental.evidence.ebkh.sync',
    ],
    events: [
      'evidence.claim.attested',
      'evidence.dispute.opened',
      'evidence.dispute.retracted',
      'evidence.ebkh.synced',
      'evidence.ebkh.sync_partial',
    ],
  },
})
