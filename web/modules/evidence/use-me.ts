import type { NodeId } from '#protocol/core/ids.ts'
import { nodeStatus } from '#protocol/node/capabilities.ts'
import { useQuery } from '../../port/hooks.ts'

/** This device's own id; null until it is known. */
export function useMe(): NodeId | null {
  const query = useQuery(nodeStatus, {})
  return query.status === 'ready' ? (query.data.identity?.node_id ?? null) : null
}
