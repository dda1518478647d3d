import { communityGet } from '#protocol/community/capabilities.ts'
import { displayNodeId, type NodeId } from '#protocol/core/ids.ts'
import { nodePeers, nodeStatus } from '#protocol/node/capabilities.ts'
import { useText } from '../../../kit/i18n.tsx'
import { visibleText } from '../../../kit/visible-text.ts'
import { useQuery } from '../../../port/hooks.ts'
import { messages } from './messages.ts'

export interface Names {
  /** As the beginning of a sentence: "Das Gerät von Anna". Null is this device. */
  readonly sentence: (id: NodeId | null) => string
  /** Within a sentence: "das Gerät von Anna". */
  readonly within: (id: NodeId | null) => string
  /** In a list or a picture: "Anna". */
  readonly label: (id: NodeId | null) => string
}

/** What devices are called here; two of one name are told apart by their short ids. */
export function useNames(): Names {
  const text = useText(messages).names
  const membership = useQuery(communityGet, {})
  const mesh = useQuery(nodePeers, {})
  const status = useQuery(nodeStatus, {})
  const me = status.status === 'ready' ? status.data.identity?.node_id : undefined
  const known = new Map<NodeId, string>()
  if (mesh.status === 'ready')
    for (const { node_id, display_name } of mesh.data.peers) if (display_name) known.set(node_id, display_name)
  const members = membership.status === 'ready' ? (membership.data.community?.members ?? []) : []
  for (const { node_id, display_name } of members) known.set(node_id, display_name)
  const names = [...known.values()]
  const nameOf = (id: NodeId): string | null => {
    const name = known.get(id)
    if (name === undefined) return null
    const twice = names.filter((other) => other === name).length > 1
    return twice ? `${visibleText(name)} (${displayNodeId(id)})` : visibleText(name)
  }
  const say = (id: NodeId | null, mine: string, of: (name: string) => string): string => {
    if (id === null || id === me) return mine
    const name = nameOf(id)
    return name === null ? text.unknown(displayNodeId(id)) : of(name)
  }
  return {
    sentence: (id) => say(id, text.me, text.of),
    within: (id) => say(id, text.meWithin, text.ofWithin),
    label: (id) => say(id, text.me, (name) => name),
  }
}
