import { Button, Group, Stack, Text } from '@mantine/core'
import { IconClockOff, IconShieldCheck } from '@tabler/icons-react'
import { Link, useParams } from 'wouter'
import { HearthError } from '#protocol/core/errors.ts'
import { type ClaimId, parseClaimId } from '#protocol/core/ids.ts'
import { claimGet } from '#protocol/evidence/capabilities.ts'
import { BidiText } from '../../kit/bidi-text.tsx'
import { CopyField } from '../../kit/copy-field.tsx'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { NodeBadge } from '../../kit/node-badge.tsx'
import { Page } from '../../kit/page.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Section } from '../../kit/section.tsx'
import { useQuery } from '../../port/hooks.ts'
import type { ClaimRecord } from './claim-filter.ts'
import { confidenceWord } from './claim-form.ts'
import classes from './evidence.module.css'
import { LevelMark } from './level-mark.tsx'
import { messages } from './messages.ts'
import { ModuleOff } from './module-off.tsx'
import { SourceList } from './source-list.tsx'

function Facts({ record }: { readonly record: ClaimRecord }) {
  const all = useText(messages)
  const text = all.claim
  const format = useFormat()
  const { claim, author, level } = record
  return (
    <dl className={classes.facts}>
      <dt>{text.level}</dt>
      <dd>
        <LevelMark level={level} />
        <Text size="sm" c="dimmed">
          {all.levelHints[level]}
        </Text>
        {record.stale ? (
          <span className={classes.mark}>
            <IconClockOff size={18} aria-hidden />
            {all.stale}
          </span>
        ) : null}
      </dd>
      <dt>{text.confidence}</dt>
      <dd>{text.confidenceWords[confidenceWord(claim.confidence)]}</dd>
      <dt>{text.saidBy}</dt>
      <dd>
        <NodeBadge nodeId={author.node_id} name={author.display_name} level={author.level} />
        {author.status === 'active' ? null : <Text size="sm">{text.statuses[author.status]}</Text>}
      </dd>
      <dt>{text.saidAt}</dt>
      <dd>{format.dateTime(claim.asserted_at)}</dd>
      <dt>{text.signature}</dt>
      <dd>
        <span className={classes.mark}>
          <IconShieldCheck size={18} aria-hidden />
          {text.signatureGood}
        </span>
      </dd>
    </dl>
  )
}

function Whole({ record }: { readonly record: ClaimRecord }) {
  const text = useText(messages).claim
  const { claim } = record
  const again = `/claims/new?${new URLSearchParams({ subject: claim.subject.slice(0, 512) })}`
  return (
    <Stack gap="lg">
      <Section title={claim.predicate}>
        <Text fz="lg" className={classes.whole}>
          <BidiText>{claim.object}</BidiText>
        </Text>
        <Facts record={record} />
        <Group>
          <Button component={Link} href={again} variant="default">
            {text.another}
          </Button>
        </Group>
      </Section>
      <Section title={text.sources}>
        <SourceList claim={claim} author={record.author} />
      </Section>
      {claim.derived_from.length === 0 ? null : (
        <Section title={text.derived}>
          <ul className={classes.list}>
            {claim.derived_from.map((parent) => (
              <li key={parent}>
                <Link href={`/claims/${parent}`} className={classes.external}>
                  {text.derivedLink(parent.slice(0, 8))}
                </Link>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title={text.technical}>
        <CopyField label={text.claimId} value={record.claim_id} />
        <CopyField label={text.contentId} value={record.content_id} />
      </Section>
    </Stack>
  )
}

function Found({ id }: { readonly id: ClaimId }) {
  const text = useText(messages)
  const query = useQuery(claimGet, { claim_id: id })
  const isOff = query.status === 'failed' && query.error.code === 'experimental_disabled'
  const title = query.status === 'ready' ? query.data.claim.subject : text.title
  return (
    <Page title={title} back="/claims">
      {isOff ? (
        <ModuleOff onTurnedOn={query.retry} />
      ) : (
        <QueryView query={query} rows={8}>
          {(record) => <Whole record={record} />}
        </QueryView>
      )}
    </Page>
  )
}

/** The id in the address, or null when it is none. */
function claimIdIn(text: string | undefined): ClaimId | null {
  try {
    return parseClaimId(text)
  } catch {
    return null // an address people can type anything into
  }
}

/** One claim with all that is known of it (EVI-1, EVI-3). */
export function ClaimPage() {
  const text = useText(messages)
  const { id } = useParams<{ id: string }>()
  const claimId = claimIdIn(id)
  if (claimId) return <Found id={claimId} />
  return (
    <Page title={text.title} back="/claims">
      <ErrorNotice error={new HearthError('claim_not_found', 'not a ClaimID')} />
    </Page>
  )
}
