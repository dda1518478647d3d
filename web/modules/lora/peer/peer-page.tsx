import { Stack, Text } from '@mantine/core'
import { useParams } from 'wouter'
import { loraStatus, peerList } from '#protocol/lora/capabilities.ts'
import { useText } from '../../../kit/i18n.tsx'
import { Page } from '../../../kit/page.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { useNow } from '../../../kit/use-now.ts'
import { useQuery } from '../../../port/hooks.ts'
import { certaintyOfPeer } from '../certainty.ts'
import { LORA } from '../paths.ts'
import { useWho } from '../who.tsx'
import { ConfirmPeer } from './confirm-peer.tsx'
import { DecidePeer } from './decide-peer.tsx'
import { messages } from './messages.ts'
import { PeerFacts } from './peer-facts.tsx'

/** Until the node says how often beacons come, seconds. */
const USUAL_INTERVAL = 600

/** One sender: who it may be, what is known, and what this person decides about it (LOR-3). */
export function PeerPage() {
  const text = useText(messages)
  const now = useNow()
  const who = useWho()
  const { hash = '' } = useParams<{ hash: string }>()
  const query = useQuery(peerList, {})
  const status = useQuery(loraStatus, {})
  const interval = status.status === 'ready' ? status.data.interval_seconds : USUAL_INTERVAL
  const peer = query.status === 'ready' ? query.data.peers.find(({ sender_hash }) => sender_hash === hash) : undefined
  const certainty = peer ? certaintyOfPeer(peer, now, interval) : 'unknown'
  return (
    <Page title={peer ? who(peer, certainty) : text.title} back={LORA}>
      <QueryView query={query} rows={8} isEmpty={() => peer === undefined} empty={<Text>{text.gone}</Text>}>
        {() =>
          peer ? (
            <Stack gap="lg">
              <DecidePeer peer={peer} certainty={certainty} />
              {peer.state === 'confirmed' || peer.state === 'blocked' ? null : <ConfirmPeer peer={peer} />}
              <PeerFacts peer={peer} />
            </Stack>
          ) : null
        }
      </QueryView>
    </Page>
  )
}
