import type { NodeId } from '#protocol/core/ids.ts'
import { CountSchema, NodeIdSchema, Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import { DISTRIBUTED_LLM_FAULT_DAYS } from '#protocol/distributed-inference/constants.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import type { Drawer, Shelf } from '../../kernel/shelf.ts'

/** Who gave what cannot be, or lied (DLM-6), as this device found out. It is told to nobody. */
export interface FaultRecord {
  of(nodeId: NodeId): number
  add(nodeId: NodeId): void
}

/** Milliseconds since 1970 of the last one. */
const RecordSchema = Type.Array(Strict({ node_id: NodeIdSchema, faults: CountSchema, at: CountSchema }), { maxItems: 256 })
const MOST = 256
const KEPT_MS = DISTRIBUTED_LLM_FAULT_DAYS * 24 * 60 * 60 * 1000

/** For as long as the node runs. */
export function createFaultRecord(): FaultRecord {
  const faults = new Map<NodeId, number>()
  const of = (nodeId: NodeId): number => faults.get(nodeId) ?? 0
  return { of, add: (nodeId) => void faults.set(nodeId, of(nodeId) + 1) }
}

/** Outlives a restart: who lied yesterday is not asked today. A fault of long ago is forgotten: a device may have been mended. */
export async function openFaultRecord(shelf: Shelf, { now }: Pick<Runtime, 'now'>): Promise<FaultRecord> {
  const drawer: Drawer<(typeof RecordSchema)['static']> = await shelf.open('distributed-inference.faults', RecordSchema, [])
  // what is being written counts at once
  let rows = drawer.get()
  const recent = () => rows.filter(({ at }) => now() - at < KEPT_MS)
  const of = (nodeId: NodeId): number => recent().find(({ node_id }) => node_id === nodeId)?.faults ?? 0
  return {
    of,
    add(nodeId) {
      const others = recent().filter(({ node_id }) => node_id !== nodeId)
      rows = [...others, { node_id: nodeId, faults: of(nodeId) + 1, at: now() }].slice(-MOST)
      drawer.set(rows).catch(reportError)
    },
  }
}
