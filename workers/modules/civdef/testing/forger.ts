import type { NodeId } from '#protocol/core/ids.ts'
import { defineModuleContract } from '#protocol/core/module.ts'
import { FOUND_MODULES } from '../../../found-modules.ts'
import { defineWorkerModule, type FoundModule, type ModuleDeps } from '../../../kernel/modules.ts'

type Hand = Pick<ModuleDeps, 'log' | 'publish' | 'signer'>

export interface Forger {
  readonly modules: () => readonly FoundModule[]
  /** A node's own log, past every check that its module makes before it speaks. */
  handOf(nodeId: NodeId): Hand
}

/** Members who changed their own app: they sign into the log whatever the log takes. */
export function createForger(): Forger {
  const hands = new Map<NodeId, Hand>()
  const contract = defineModuleContract({
    ...{ id: 'forger', number: null, stability: 'experimental', config: null, events: [] },
    planned: { capabilities: [], events: [] },
  })
  const forger = defineWorkerModule({
    contract,
    needs: ['log', 'publish', 'signer'],
    async start(deps) {
      hands.set(deps.signer.nodeId, deps)
      return () => {}
    },
  })
  return {
    modules: () => [...FOUND_MODULES, { contract, load: async () => forger }],
    handOf(nodeId) {
      const hand = hands.get(nodeId)
      if (!hand) throw new TypeError('no such node')
      return hand
    },
  }
}
