import type { NodeId } from '#protocol/core/ids.ts'
import { NodeIdSchema, Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import { listsGet, listsSet } from '#protocol/evidence/desk-capabilities.ts'
import { listsChanged } from '#protocol/evidence/events.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'

/** What this person's own lists say of somebody. */
export interface Opinions {
  of(nodeId: NodeId): 'allowed' | 'blocked' | null
}

const ListsSchema = Strict({ allowed: Type.Array(NodeIdSchema), blocked: Type.Array(NodeIdSchema) })

/** The personal allowlist and blocklist (EVI-4): on this device, for this person's eyes. */
export async function serveLists({
  bus,
  shelf,
  notify,
}: Pick<ModuleDeps, 'bus' | 'shelf' | 'notify'>): Promise<{ readonly opinions: Opinions; readonly withdraw: (() => void)[] }> {
  const drawer = await shelf.open('evidence.lists', ListsSchema, { allowed: [], blocked: [] })
  const index = () => ({ allowed: new Set(drawer.get().allowed), blocked: new Set(drawer.get().blocked) })
  let sets = index()
  return {
    opinions: {
      of: (nodeId) => (sets.blocked.has(nodeId) ? 'blocked' : sets.allowed.has(nodeId) ? 'allowed' : null),
    },
    withdraw: [
      bus.handle(listsGet, async () => drawer.get()),
      bus.handle(listsSet, async ({ allowed, blocked }) => {
        // on both lists is a slip; the stricter one holds
        const kept = allowed.filter((nodeId) => !blocked.includes(nodeId))
        await drawer.set({ allowed: [...new Set(kept)], blocked: [...new Set(blocked)] })
        sets = index()
        notify(listsChanged)
        return {}
      }),
    ],
  }
}
