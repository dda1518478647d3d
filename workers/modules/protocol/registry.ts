import { HearthError } from '#protocol/core/errors.ts'
import { type NodeId, wireTime } from '#protocol/core/ids.ts'
import { Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import { RegistryEntrySchema, registryAnnounce, registryList } from '#protocol/protocol/capabilities.ts'
import {
  PROTOCOL_REGISTRY_MAX_ENTRIES,
  PROTOCOL_REGISTRY_MAX_PER_NODE,
  PROTOCOL_REGISTRY_PAGE,
} from '#protocol/protocol/constants.ts'
import { checkDescriptor, type Descriptor } from '#protocol/protocol/descriptor.ts'
import { descriptorAnnounced, registryUpdated } from '#protocol/protocol/events.ts'
import { negotiate } from '#protocol/protocol/version.ts'
import { type Abroad, grants } from '../../kernel/federation/federation.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import { type DescriptorDeps, describeSelf, PROTOCOL_VERSIONS } from './descriptor.ts'
import { type Entry, isNewer, type Known, keyOf, knownOf, type NodeRow, registryView } from './registry-view.ts'

/** A burst of announcements is one write. */
const SAVE_MS = 2000

const { from: _from, negotiated: _negotiated, conformance: _conformance, ...known } = RegistryEntrySchema.properties
const DrawerSchema = Strict({ known: Type.Array(Strict(known), { maxItems: PROTOCOL_REGISTRY_MAX_ENTRIES }) })

type Listed = Omit<Entry, 'negotiated'>

export type RegistryDeps = DescriptorDeps &
  Pick<ModuleDeps, 'shelf' | 'notify' | 'publish'> &
  Partial<Pick<ModuleDeps, 'log' | 'views' | 'federation'>>

/** `protocol.registry.*` (M32): what members announce in the log, and beside it what anyone handed over. */
export async function serveRegistry(deps: RegistryDeps): Promise<readonly (() => void)[]> {
  const { bus, runtime, signer, shelf, notify, publish, log, views, federation } = deps
  const drawer = await shelf.open('protocol.registry', DrawerSchema, { known: [] })
  const peers = new Map<string, Known>(drawer.get().known.map((entry) => [keyOf(entry), entry]))
  const members = views ? await views.open(registryView) : null
  let cancelSave: (() => void) | null = null

  const memberRows = (): readonly NodeRow[] => members?.rows() ?? []
  const memberKnown = (): readonly Known[] => memberRows().flatMap((row) => row.known)

  function save(): void {
    cancelSave = null
    drawer.set({ known: [...peers.values()] }).catch((error: unknown) => {
      // advice that a full device has no room for is heard again
      if (!(error instanceof HearthError) || error.code !== 'capacity_exceeded') reportError(error)
    })
  }

  /** All of them, in one order; what versions they share with this node is asked for those that are shown. */
  function entries(): Listed[] {
    const ran = new Map(memberRows().map((row) => [row.nodeId, row.ran]))
    const all = new Map<string, Listed>()
    const add = (from: Entry['from']) => (one: Known) => {
      const before = all.get(keyOf(one))
      if (before && !isNewer(one, before)) return
      all.set(keyOf(one), { ...one, from, conformance: ran.get(one.node_id) ?? null })
    }
    // members come first, so that nobody from outside crowds them out
    memberKnown().slice(0, PROTOCOL_REGISTRY_MAX_ENTRIES).forEach(add('member'))
    for (const one of peers.values()) if (all.size < PROTOCOL_REGISTRY_MAX_ENTRIES || all.has(keyOf(one))) add('peer')(one)
    return [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
  }

  function requireRoom(nodeId: NodeId): void {
    const own = [...peers.values()].filter(({ node_id }) => node_id === nodeId).length
    if (own >= PROTOCOL_REGISTRY_MAX_PER_NODE) {
      throw new HearthError('capacity_exceeded', 'this node has named as many implementations as it may')
    }
    if (entries().length >= PROTOCOL_REGISTRY_MAX_ENTRIES) throw new HearthError('capacity_exceeded', 'the registry is full')
  }

  /** @returns whether it was news */
  function keep(descriptor: Descriptor): boolean {
    const entry = knownOf(descriptor, wireTime(runtime.now()))
    const key = keyOf(entry)
    const before = peers.get(key) ?? memberKnown().find((one) => keyOf(one) === key)
    if (!isNewer(entry, before)) return false
    if (!peers.has(key)) requireRoom(entry.node_id)
    peers.set(key, entry)
    cancelSave ??= runtime.after(SAVE_MS, save)
    notify(registryUpdated)
    return true
  }

  async function announceSelf(): Promise<boolean> {
    if (!log) throw new HearthError('not_found', 'this device is in no community to tell')
    const descriptor = await describeSelf(deps, 'served')
    publish(await log.append(descriptorAnnounced, { descriptor }))
    notify(registryUpdated)
    return true
  }

  /** Announced to federation peers on connecting, where they want to know (PRO-8). */
  async function announceAbroad(to: Abroad): Promise<void> {
    if (!grants(to.partner, registryAnnounce)) return
    try {
      await federation?.call(registryAnnounce, { descriptor: await describeSelf(deps, 'served') }, to)
    } catch (failure) {
      // who is gone, or has heard enough, is told when it is met again
      if (!(failure instanceof HearthError)) reportError(failure)
    }
  }

  for (const to of federation?.abroad() ?? []) void announceAbroad(to)
  const withdraw = [
    federation?.met.on((to) => void announceAbroad(to)) ?? (() => undefined),
    bus.handle(registryList, async ({ offset = 0, limit = PROTOCOL_REGISTRY_PAGE }) => {
      const all = entries()
      const shown = all.slice(offset, offset + limit)
      const negotiated = ({ protocol_versions }: Listed) => negotiate(PROTOCOL_VERSIONS, protocol_versions)
      return { entries: shown.map((entry) => ({ ...entry, negotiated: negotiated(entry) })), total: all.length }
    }),
    bus.handle(registryAnnounce, async ({ descriptor: given }, { caller }) => {
      if (given !== undefined) {
        const descriptor = await checkDescriptor(given)
        const own = descriptor.node_id === signer.nodeId
        return {
          stored: own ? false : keep(descriptor),
          negotiated: negotiate(PROTOCOL_VERSIONS, descriptor.protocol_versions),
        }
      }
      if (caller.level !== 'self') {
        throw new HearthError('protocol_descriptor_invalid', 'no descriptor', { data: { field: '/descriptor' } })
      }
      return { stored: await announceSelf(), negotiated: negotiate(PROTOCOL_VERSIONS, PROTOCOL_VERSIONS) }
    }),
  ]
  return [
    ...withdraw,
    () => {
      if (cancelSave) {
        cancelSave()
        save()
      }
      if (members) views?.close(registryView.id)
    },
  ]
}
