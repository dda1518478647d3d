import { Link } from 'wouter'
import { communityGet } from '#protocol/community/capabilities.ts'
import { nodePeers } from '#protocol/node/capabilities.ts'
import { useText } from '../kit/i18n.tsx'
import { StatusDot } from '../kit/status-dot.tsx'
import { useQuery } from '../port/hooks.ts'
import { useNodePhase } from '../port/provider.tsx'
import classes from './layout.module.css'
import { messages } from './messages.ts'
import { type NetworkState, networkState } from './network-state.ts'
import { useOnline } from './services.tsx'

function useNetwork(): NetworkState {
  const { phase } = useNodePhase()
  const peers = useQuery(nodePeers, {})
  const community = useQuery(communityGet, {})
  return networkState({
    phase,
    mesh: peers.status === 'ready' ? peers.data : null,
    online: useOnline(),
    // who is in no community has nobody to look for: not being connected is no trouble then
    member: community.status === 'ready' && community.data.community !== null,
  })
}

/** The state of the network in words that promise nothing more than is known. */
function useNetworkWords({ kind, direct, relayed }: NetworkState): string {
  const words = useText(messages).network
  if (kind !== 'neighbours') return words[kind]
  if (relayed === 0) return words.direct(direct)
  return direct === 0 ? words.relayed(relayed) : words.mixed(direct, relayed)
}

/** Always in sight: whether anybody can be reached right now. */
export function NetworkChip() {
  const label = useText(messages).network.label
  const state = useNetwork()
  const words = useNetworkWords(state)
  return (
    <Link href="/" className={classes.chip} aria-label={`${label}: ${words}`}>
      <StatusDot status={state.status}>{words}</StatusDot>
    </Link>
  )
}
