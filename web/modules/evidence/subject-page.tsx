import { Button, Stack, Text } from '@mantine/core'
import { IconPlus, IconQuote } from '@tabler/icons-react'
import { Link, useSearch } from 'wouter'
import type { Output } from '#protocol/core/capability.ts'
import { subjectSummary } from '#protocol/evidence/capabilities.ts'
import { BidiText } from '../../kit/bidi-text.tsx'
import { Empty } from '../../kit/empty.tsx'
import { plural, useLanguage, useText } from '../../kit/i18n.tsx'
import { Page } from '../../kit/page.tsx'
import { Section } from '../../kit/section.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { useQuery } from '../../port/hooks.ts'
import { ClaimList } from './claim-list.tsx'
import { Contradictions } from './contradiction.tsx'
import { messages } from './messages.ts'
import { HubPull } from './options/hub-pull.tsx'
import { CLAIMS, newClaimPath } from './paths.ts'
import { TakeAway } from './proof/take-away.tsx'
import { SourceList } from './source-list.tsx'
import { isOff, SwitchedOn } from './switched-on.tsx'
import { DisputeList } from './voices/dispute-list.tsx'

type Summary = Output<typeof subjectSummary>

function Predicate({ part }: { readonly part: Summary['predicates'][number] }) {
  const text = useText(messages).subject
  const { language } = useLanguage()
  const hidden = part.count - part.claims.length
  return (
    <Section title={visibleText(part.predicate)}>
      <ClaimList claims={part.claims} label={text.claimsOn(part.predicate)} within />
      {hidden > 0 ? (
        <Text size="sm" c="dimmed">
          {plural(language, hidden, text.more)}
        </Text>
      ) : null}
    </Section>
  )
}

function Whole({ summary }: { readonly summary: Summary }) {
  const text = useText(messages).subject
  const { language } = useLanguage()
  return (
    <Stack gap="lg">
      <Contradictions advisories={summary.advisories} />
      {summary.predicates.map((part) => (
        <Predicate key={part.predicate} part={part} />
      ))}
      {summary.more_predicates > 0 ? <Text c="dimmed">{plural(language, summary.more_predicates, text.moreParts)}</Text> : null}
      {summary.disputes.length === 0 ? null : (
        <Section title={text.disputes} intro={text.disputesIntro}>
          <DisputeList disputes={summary.disputes} linked />
        </Section>
      )}
      <Section title={text.sources}>
        <SourceList sources={summary.sources} />
      </Section>
      <TakeAway of={{ subject: summary.subject }} />
    </Stack>
  )
}

/** Everything claimed of one subject: strongest first, disputes in plain sight, sources to open (EVI-6, EVI-7). */
export function SubjectPage() {
  const text = useText(messages).subject
  const subject = (new URLSearchParams(useSearch()).get('subject') ?? '').slice(0, 512)
  const query = useQuery(subjectSummary, { subject }, { enabled: subject !== '' })
  const add = (
    <Button component={Link} href={newClaimPath({ subject })} leftSection={<IconPlus size={20} aria-hidden />}>
      {text.add}
    </Button>
  )
  const nothing = (
    <Empty icon={IconQuote} action={add}>
      {text.empty}
    </Empty>
  )
  return (
    <Page
      title={visibleText(subject) || text.title}
      intro={isOff(query) ? null : <BidiText>{text.intro}</BidiText>}
      actions={query.status === 'ready' && query.data.total > 0 ? add : null}
      back={CLAIMS}
    >
      {subject === '' ? (
        nothing
      ) : (
        <Stack gap="lg">
          <SwitchedOn query={query} rows={8} isEmpty={({ total }) => total === 0} empty={nothing}>
            {(summary) => <Whole summary={summary} />}
          </SwitchedOn>
          {query.status === 'ready' ? <HubPull subject={subject} /> : null}
        </Stack>
      )}
    </Page>
  )
}
