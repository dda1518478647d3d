import { HearthError } from '../core/errors.ts'
import { defineEvent } from '../core/module.ts'
import { Strict } from '../core/schema.ts'
import { requireSignature } from '../core/signing.ts'
import { checkDescriptor, DescriptorSchema } from './descriptor.ts'
import { ReportSummarySchema } from './report.ts'

const ownOnly = (author: string, nodeId: string): void => {
  if (author !== nodeId) throw new HearthError('invalid_signature', 'a node speaks for itself alone')
}

/** A member says which implementation it runs (PRO-8). */
export const descriptorAnnounced = defineEvent('protocol.descriptor.announced', Strict({ descriptor: DescriptorSchema }), {
  async verify({ descriptor }, { author }) {
    ownOnly(author, descriptor.node_id)
    await checkDescriptor(descriptor)
  },
})

/** A member's node was tested; the report itself is fetched from it (CONF-6). */
export const conformanceRan = defineEvent('protocol.conformance.ran', Strict({ summary: ReportSummarySchema }), {
  async verify({ summary }, { author }) {
    ownOnly(author, summary.node_id)
    await requireSignature(summary.node_id, summary)
  },
})

/** This device's registry took an entry. It is nobody else's business. */
export const registryUpdated = defineEvent('protocol.registry.updated', Strict({}), { scope: 'device' })
/** A run of the suite on this device began, moved on or ended. */
export const conformanceProgressed = defineEvent('protocol.conformance.progressed', Strict({}), { scope: 'device' })
