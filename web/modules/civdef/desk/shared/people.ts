import { communityGet } from '#protocol/community/capabilities.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { nodeStatus } from '#protocol/node/capabilities.ts'
import { useQuery } from '../../../../port/hooks.ts'

/** This device's own id; null until it is known. */
export function useMe(): NodeId | null {
  const query = useQuery(nodeStatus, {})
  return query.status === 'ready' ? (query.data.identity?.node_id ?? null) : null
}

export interface People {
  /** The name somebody chose; null for nobody here. */
  readonly nameOf: (nodeId: NodeId) => string | null
  /** Whether this person keeps order here. */
  readonly isAnchor: boolean
}

export function usePeople(): People {
  const query = useQuery(communityGet, {})
  const community = query.status === 'ready' ? query.data.community : null
  return {
    nameOf: (nodeId) => community?.members.find(({ node_id }) => node_id === nodeId)?.display_name ?? null,
    isAnchor: community?.my_level === 'anchor',
  }
}
