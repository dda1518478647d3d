import { nodePeers } from '#protocol/node/capabilities.ts'
import { useQuery } from '../../port/hooks.ts'

/** Whether nobody else has joined yet. */
export function useAlone(): boolean {
  const mesh = useQuery(nodePeers, {})
  return mesh.status === 'ready' && mesh.data.peers.length === 0
}
