import { Stack, Text } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { IconAntenna } from '@tabler/icons-react'
import { peerList } from '#protocol/lora/capabilities.ts'
import { Empty } from '../../kit/empty.tsx'
import { useText } from '../../kit/i18n.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Section } from '../../kit/section.tsx'
import { useQuery } from '../../port/hooks.ts'
import { type HeardPeer, hearingOf } from './hearing.ts'
import { HearingPicture } from './hearing-picture.tsx'
import classes from './lora.module.css'
import { messages } from './messages.ts'
import { PeerItem } from './peer-item.tsx'
import { signalOf } from './signal.ts'

/** Largest side of the picture, px. */
const PICTURE_PX = 380

function Picture({ here }: { readonly here: readonly HeardPeer[] }) {
  const { ref, width } = useElementSize()
  const heard = here.map(({ peer, certainty }) => ({ id: peer.sender_hash, signal: signalOf(peer), certainty }))
  return (
    <div ref={ref} className={classes.frame}>
      {width > 0 ? <HearingPicture heard={heard} size={Math.min(width, PICTURE_PX)} /> : null}
    </div>
  )
}

interface HearingSectionProps {
  readonly intervalSeconds: number
  /** ms since 1970 */
  readonly now: number
}

/** Whom this device hears: as a picture by signal, and as a list that says the rest. */
export function HearingSection({ intervalSeconds, now }: HearingSectionProps) {
  const text = useText(messages).hearing
  const query = useQuery(peerList, {})
  return (
    <Section title={text.title} intro={text.intro}>
      <QueryView
        query={query}
        rows={6}
        isEmpty={({ peers }) => peers.length === 0}
        empty={<Empty icon={IconAntenna}>{text.empty}</Empty>}
      >
        {({ peers }) => {
          const { here, others } = hearingOf(peers, now, intervalSeconds)
          return (
            <Stack gap="md">
              {here.length > 0 ? <Picture here={here} /> : null}
              <ul className={classes.list} aria-label={text.list}>
                {here.map((heard, at) => (
                  <PeerItem key={heard.peer.sender_hash} heard={heard} number={at + 1} now={now} />
                ))}
              </ul>
              {others.length === 0 ? null : (
                <details>
                  <summary className={classes.summary}>
                    <Text span>{`${text.silent} (${others.length})`}</Text>
                  </summary>
                  <ul className={classes.list} aria-label={text.silent}>
                    {others.map((heard) => (
                      <PeerItem key={heard.peer.sender_hash} heard={heard} number={null} now={now} />
                    ))}
                  </ul>
                </details>
              )}
            </Stack>
          )
        }}
      </QueryView>
    </Section>
  )
}
