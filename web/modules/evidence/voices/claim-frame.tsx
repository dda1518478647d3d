import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useParams } from 'wouter'
import { HearthError } from '#protocol/core/errors.ts'
import type { ClaimId } from '#protocol/core/ids.ts'
import { claimGet } from '#protocol/evidence/capabilities.ts'
import type { ClaimRecord } from '#protocol/evidence/records.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { Page } from '../../../kit/page.tsx'
import { useQuery } from '../../../port/hooks.ts'
import classes from '../evidence.module.css'
import { LevelMark } from '../level-mark.tsx'
import { CLAIMS, claimIdIn, claimPath } from '../paths.ts'
import { SwitchedOn } from '../switched-on.tsx'
import { messages } from './messages.ts'

/** The claim a form is about, in full: nobody vouches for or objects to what they cannot read. */
function Quoted({ record }: { readonly record: ClaimRecord }) {
  const text = useText(messages)
  const { claim } = record
  return (
    <section className={classes.said} aria-label={text.about}>
      <Text size="sm" c="dimmed">
        <BidiText>{claim.subject}</BidiText>
        {' · '}
        <BidiText>{claim.predicate}</BidiText>
      </Text>
      <Text fw={600} className={classes.whole}>
        <BidiText>{claim.object}</BidiText>
      </Text>
      <span className={classes.meta}>
        <LevelMark level={record.level} />
        <span>
          {text.saidBy} <BidiText>{record.author.display_name}</BidiText>
        </span>
      </span>
    </section>
  )
}

interface FrameProps {
  readonly title: string
  readonly intro: string
  readonly children: (record: ClaimRecord) => ReactNode
}

function Framed({ id, title, intro, children }: FrameProps & { readonly id: ClaimId }) {
  const query = useQuery(claimGet, { claim_id: id })
  return (
    <Page title={title} intro={intro} back={claimPath(id)}>
      <SwitchedOn query={query} rows={8}>
        {(record) => (
          <Stack gap="lg">
            <Quoted record={record} />
            {children(record)}
          </Stack>
        )}
      </SwitchedOn>
    </Page>
  )
}

/** The frame of a form about the claim in the address. */
export function ClaimFrame(props: FrameProps) {
  const { id } = useParams<{ id: string }>()
  const claimId = claimIdIn(id)
  if (claimId) return <Framed {...props} id={claimId} />
  return (
    <Page title={props.title} back={CLAIMS}>
      <ErrorNotice error={new HearthError('claim_not_found', 'not a ClaimID')} />
    </Page>
  )
}
