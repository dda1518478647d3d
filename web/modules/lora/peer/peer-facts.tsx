import type { ReactNode } from 'react'
import type { PeerRecord } from '#protocol/lora/records.ts'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import classes from '../lora.module.css'
import { messages as shared } from '../messages.ts'
import { signalOf, strengthOf } from '../signal.ts'
import { callSign, useSaid } from '../who.tsx'
import { messages } from './messages.ts'

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

/** Everything this device knows of a sender, with the numbers for whoever needs them. */
export function PeerFacts({ peer }: { readonly peer: PeerRecord }) {
  const text = useText(messages)
  const words = useText(shared)
  const format = useFormat()
  const said = useSaid()(peer)
  const signal = signalOf(peer)
  const { clock_ahead_seconds: ahead } = peer
  return (
    <Section title={text.facts.title}>
      <dl className={classes.facts}>
        <Fact name={words.mine.callSign}>{callSign(peer.sender_hash)}</Fact>
        <Fact name={text.facts.first}>{format.dateTime(peer.first_heard_at)}</Fact>
        <Fact name={text.facts.last}>{format.dateTime(peer.last_heard_at)}</Fact>
        <Fact name={text.facts.proven}>
          {peer.last_proven_at === null ? text.facts.never : format.dateTime(peer.last_proven_at)}
        </Fact>
        <Fact name={text.facts.newest}>
          {said === '' ? null : `${said} · `}
          {text.proofs[peer.proof]}
          {peer.doubt === null ? null : `. ${text.doubts[peer.doubt]}`}
        </Fact>
        <Fact name={text.facts.signal}>
          {signal
            ? `${words.strengths[strengthOf(signal)]} (${text.facts.dbm(format.number(signal.rssi), format.number(signal.snr))})`
            : text.facts.noSignal}
        </Fact>
        <Fact name={text.facts.frames}>{format.number(peer.frames)}</Fact>
        {ahead === null ? null : (
          <Fact name={text.facts.clock}>
            {ahead > 0 ? text.facts.ahead(format.duration(ahead * 1000)) : text.facts.behind(format.duration(-ahead * 1000))}
          </Fact>
        )}
      </dl>
    </Section>
  )
}
