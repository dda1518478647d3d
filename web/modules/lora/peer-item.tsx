import { Badge, Text } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { Link } from 'wouter'
import { useFormat, useText } from '../../kit/i18n.tsx'
import type { HeardPeer } from './hearing.ts'
import { DOT_PX } from './hearing-layout.ts'
import { Dot } from './hearing-picture.tsx'
import classes from './lora.module.css'
import { messages } from './messages.ts'
import { peerPath } from './paths.ts'
import { signalOf, strengthOf } from './signal.ts'
import { CertaintyMark, useSaid, Who } from './who.tsx'

interface PeerItemProps {
  readonly heard: HeardPeer
  /** Its number in the picture; null where it is not in it. */
  readonly number: number | null
  /** ms since 1970 */
  readonly now: number
}

const SIDE = 2 * DOT_PX + 2

/** One sender: who, how sure, when, how well, and what they say. */
export function PeerItem({ heard: { peer, certainty, asks }, number, now }: PeerItemProps) {
  const text = useText(messages)
  const format = useFormat()
  const said = useSaid()(peer)
  const signal = signalOf(peer)
  const heardAt = certainty === 'sure' ? (peer.last_proven_at ?? peer.last_heard_at) : peer.last_heard_at
  return (
    <li className={classes.item}>
      <Link href={peerPath(peer.sender_hash)} className={classes.link}>
        {number === null ? null : (
          <svg width={SIDE} height={SIDE} viewBox={`${-SIDE / 2} ${-SIDE / 2} ${SIDE} ${SIDE}`} aria-hidden="true">
            <Dot certainty={certainty} number={number} />
          </svg>
        )}
        <span className={classes.words}>
          <Text span fw={certainty === 'sure' ? 700 : 400}>
            <Who sender={peer} certainty={certainty} />
          </Text>
          <span className={classes.meta}>
            <CertaintyMark certainty={certainty} />
            <span>{text.heardAt(format.relative(heardAt, now))}</span>
            {signal ? <span>{text.strengths[strengthOf(signal)]}</span> : null}
            {said === '' ? null : <span>{said}</span>}
            {asks ? <Badge>{text.hearing.ask}</Badge> : null}
          </span>
        </span>
        <IconChevronRight size={20} aria-hidden />
      </Link>
    </li>
  )
}
