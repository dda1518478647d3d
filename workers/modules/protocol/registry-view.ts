import type { Static } from '@sinclair/typebox'
import { contentIdOf } from '#protocol/core/hash.ts'
import type { EventData } from '#protocol/core/module.ts'
import type { RegistryEntrySchema } from '#protocol/protocol/capabilities.ts'
import { PROTOCOL_REGISTRY_MAX_PER_NODE } from '#protocol/protocol/constants.ts'
import type { Descriptor } from '#protocol/protocol/descriptor.ts'
import { conformanceRan, descriptorAnnounced } from '#protocol/protocol/events.ts'
import { defineView } from '../../kernel/views.ts'

export type Entry = Static<typeof RegistryEntrySchema>
/** An entry as it is kept: what depends on this node and on others is told when somebody asks. */
export type Known = Omit<Entry, 'from' | 'negotiated' | 'conformance'>
export type Ran = NonNullable<Entry['conformance']>

/** What a node told its community of itself. */
export interface NodeRow {
  readonly nodeId: Entry['node_id']
  /** Newest first, one for each implementation it named. */
  readonly known: readonly Known[]
  readonly ran: Ran | null
}

type Item = { readonly kind: 'descriptor'; readonly known: Known } | { readonly kind: 'ran'; readonly ran: Ran }

export function knownOf(descriptor: Descriptor, heardAt: string): Known {
  const { node_id, name, vendor, version, protocol_versions, homepage, contact, issued_at, capabilities } = descriptor
  const served = capabilities.filter(({ state }) => state !== 'disabled' && state !== 'not_built').length
  return {
    ...{ node_id, name, vendor, version, protocol_versions, homepage, contact, issued_at },
    capabilities: served,
    heard_at: heardAt,
    descriptor_hash: contentIdOf(descriptor),
  }
}

/** Two vendors with one name are two implementations (PRO-7). */
export const keyOf = ({ vendor, name, node_id }: Pick<Known, 'vendor' | 'name' | 'node_id'>): string =>
  JSON.stringify([vendor, name, node_id])

export const isNewer = (a: Known, b: Known | undefined): boolean => !b || Date.parse(a.issued_at) > Date.parse(b.issued_at)

/** Implementations as the community's log tells of them: the same on every node that holds the same events. */
export const registryView = defineView<Item, NodeRow>({
  id: 'protocol.registry',
  version: 1,
  events: [descriptorAnnounced, conformanceRan],
  map({ event }) {
    if (event.event_type === descriptorAnnounced.type) {
      // checked against the type's schema before it was stored
      const { descriptor } = event.data as EventData<typeof descriptorAnnounced>
      return [{ entity: event.author, item: { kind: 'descriptor', known: knownOf(descriptor, event.wall_clock) } }]
    }
    const { summary } = event.data as EventData<typeof conformanceRan>
    const { suite_version, overall, ended_at } = summary
    return [{ entity: event.author, item: { kind: 'ran', ran: { suite_version, overall, ended_at } } }]
  },
  fold(_, parts) {
    const newest = new Map<string, Known>()
    let ran: Ran | null = null
    for (const { item } of parts) {
      if (item.kind === 'ran') ran = item.ran
      else if (isNewer(item.known, newest.get(keyOf(item.known)))) newest.set(keyOf(item.known), item.known)
    }
    const known = [...newest.values()].sort((a, b) => Date.parse(b.issued_at) - Date.parse(a.issued_at))
    const nodeId = known[0]?.node_id
    return nodeId ? { nodeId, known: known.slice(0, PROTOCOL_REGISTRY_MAX_PER_NODE), ran } : null
  },
  indexes: {},
})
