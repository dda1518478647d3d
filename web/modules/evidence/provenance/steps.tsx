import { Text } from '@mantine/core'
import { Link } from 'wouter'
import type { ClaimRecord } from '#protocol/evidence/records.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { visibleText } from '../../../kit/visible-text.ts'
import classes from '../evidence.module.css'
import { messages as shared } from '../messages.ts'
import { claimPath } from '../paths.ts'
import { sourceHref, sourceParts } from '../terms.ts'
import { messages as voiceMessages } from '../voices/messages.ts'
import type { Trace } from './graph.ts'
import { messages } from './messages.ts'
import own from './picture.module.css'

interface StepProps {
  readonly record: ClaimRecord
  readonly trace: Trace
}

function Voices({ record, trace }: StepProps) {
  const text = useText(messages)
  const { roles } = useText(voiceMessages)
  const mine = trace.attestations.filter(({ attestation }) => attestation.claim_id === record.claim_id)
  const against = trace.disputes.filter((one) => one.claim_id === record.claim_id && !one.retracted)
  return (
    <>
      {mine.map(({ content_id, by, attestation }) => (
        <li key={content_id}>
          <BidiText>{text.vouches(by.display_name, roles[attestation.role])}</BidiText>
        </li>
      ))}
      {against.map(({ content_id, by, kind, dispute }) => (
        <li key={content_id}>
          <BidiText>
            {dispute === null ? `${by.display_name} ${text.objects[kind]}` : text.against(by.display_name, dispute.rationale)}
          </BidiText>
        </li>
      ))}
    </>
  )
}

function Grounds({ record, trace }: StepProps) {
  const text = useText(messages)
  const all = useText(shared).claim
  const said = new Map(trace.claims.map(({ claim_id, claim }) => [claim_id, claim.object]))
  return (
    <>
      {record.claim.derived_from.map((parent) => (
        <li key={parent}>
          {text.restsOn}{' '}
          <Link href={claimPath(parent)} className={classes.external}>
            <BidiText>{said.get(parent) ?? text.unknownClaim(parent.slice(0, 8))}</BidiText>
          </Link>
          {trace.cyclic.includes(parent) ? ` (${text.cyclic})` : null}
        </li>
      ))}
      {record.claim.sources.map(({ source_id }) => {
        const href = sourceHref(source_id)
        const kind = all.kinds[sourceParts(source_id)?.kind ?? 'other']
        return (
          <li key={source_id}>
            {text.cites} {kind}:{' '}
            {href ? (
              <a href={href} target="_blank" rel="noopener noreferrer" title={all.opens} className={classes.external}>
                {href}
              </a>
            ) : (
              <BidiText>{source_id}</BidiText>
            )}
          </li>
        )
      })}
    </>
  )
}

/** The picture's twin: the same facts as a list that can be heard and followed, the claim itself first. */
export function ProvenanceSteps({ trace }: { readonly trace: Trace }) {
  const text = useText(messages)
  const all = useText(shared)
  const format = useFormat()
  return (
    <ol className={own.steps} aria-label={text.list}>
      {trace.claims.toReversed().map((record) => {
        const { claim, author, level, claim_id } = record
        return (
          <li key={claim_id}>
            <Text component="span">
              <BidiText>{text.says(visibleText(author.display_name || all.voice.nameless))}</BidiText>{' '}
              <Link href={claimPath(claim_id)} className={classes.external}>
                <BidiText>{`${claim.subject} ${claim.predicate}: ${claim.object}`}</BidiText>
              </Link>{' '}
              ({text.standing(all.levels[level], format.number(trace.depths[claim_id] ?? 0))})
            </Text>
            <ul>
              <Voices record={record} trace={trace} />
              <Grounds record={record} trace={trace} />
            </ul>
          </li>
        )
      })}
    </ol>
  )
}
