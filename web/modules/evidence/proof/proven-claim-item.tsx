import { Text } from '@mantine/core'
import { IconArrowBackUp, IconCircleCheck, IconScale } from '@tabler/icons-react'
import { displayNodeId, type NodeId } from '#protocol/core/ids.ts'
import type { ProvenClaim } from '#protocol/evidence/proof.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import classes from '../evidence.module.css'
import { LevelMark } from '../level-mark.tsx'
import { messages as shared } from '../messages.ts'
import { SourceList } from '../source-list.tsx'
import { messages as voiceMessages } from '../voices/messages.ts'
import { messages } from './messages.ts'

interface WhoProps {
  readonly id: NodeId
  readonly names: Readonly<Record<string, string>>
}

/** The key that signed, and in quotes what the sender calls whoever holds it. */
function Who({ id, names }: WhoProps) {
  const name = names[id]
  return (
    <>
      <span className={classes.digest}>{displayNodeId(id)}</span>
      {name === undefined ? null : (
        <>
          {' „'}
          <BidiText>{name}</BidiText>“
        </>
      )}
    </>
  )
}

interface ProvenClaimItemProps {
  readonly proven: ProvenClaim
  readonly names: Readonly<Record<string, string>>
}

/** A claim whose id and signature are right, with every signed word for and against it that the file holds. */
export function ProvenClaimItem({ proven, names }: ProvenClaimItemProps) {
  const text = useText(messages)
  const { roles, states } = useText(voiceMessages)
  const marks = useText(shared).marks
  const format = useFormat()
  const { claim, ground, attestations, disputes, retracted, missing } = proven
  return (
    <li className={classes.source}>
      <Text size="sm" c="dimmed">
        <BidiText>{claim.subject}</BidiText>
        {' · '}
        <BidiText>{claim.predicate}</BidiText>
      </Text>
      <Text fw={600} className={retracted ? `${classes.whole} ${classes.struck}` : classes.whole}>
        <BidiText>{claim.object}</BidiText>
      </Text>
      <span className={classes.meta}>
        <LevelMark level={ground} />
        {retracted ? (
          <span className={classes.mark}>
            <IconArrowBackUp size={18} aria-hidden />
            {marks.retracted}
          </span>
        ) : null}
      </span>
      <Text size="sm">
        {text.signedBy} <Who id={claim.asserted_by} names={names} />, {format.dateTime(claim.asserted_at)}
      </Text>
      <ul className={classes.plainList}>
        {attestations.map(({ attester, role, rationale, signature }) => (
          <li key={signature}>
            <span className={classes.mark} data-level="attested">
              <IconCircleCheck size={18} aria-hidden />
              {roles[role]}
            </span>{' '}
            <Who id={attester} names={names} />: <BidiText>{rationale}</BidiText>
          </li>
        ))}
        {disputes.map(({ dispute_id, dispute }) => (
          <li key={dispute_id}>
            <span className={classes.mark} data-level="disputed">
              <IconScale size={18} aria-hidden />
              {states.dispute}
            </span>{' '}
            <Who id={dispute.disputer} names={names} />: <BidiText>{dispute.rationale}</BidiText>
          </li>
        ))}
      </ul>
      <SourceList sources={claim.sources} />
      {missing.length === 0 ? null : <Text size="sm">{text.missing(format.number(missing.length))}</Text>}
    </li>
  )
}
