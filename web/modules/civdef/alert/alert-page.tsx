import { Anchor, Button, Stack, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useEffect, useMemo } from 'react'
import { Link, useSearch } from 'wouter'
import { alertGet } from '#protocol/civdef/capabilities.ts'
import { alertExplain } from '#protocol/civdef/desk-capabilities.ts'
import { capExport } from '#protocol/civdef/exchange-capabilities.ts'
import { noticeList } from '#protocol/civdef/notice-capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useFormat, useLanguage, useText } from '../../../kit/i18n.tsx'
import { Loading } from '../../../kit/loading.tsx'
import { Page } from '../../../kit/page.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { saveFile } from '../../../kit/save-file.ts'
import { Section } from '../../../kit/section.tsx'
import { useNow } from '../../../kit/use-now.ts'
import { visibleText } from '../../../kit/visible-text.ts'
import { useCall, useQuery } from '../../../port/hooks.ts'
import { useSession } from '../../../shell/session.tsx'
import { AlertMarks } from '../alert-card.tsx'
import cards from '../civdef.module.css'
import { SeverityMark } from '../desk/shared/severity-mark.tsx'
import { markRead } from '../everywhere/read.ts'
import { PassOnSection } from '../forward/pass-on-section.tsx'
import { messages as shared } from '../messages.ts'
import { ALERTS, alertPath } from '../paths.ts'
import { ReasonsSection } from '../reasons/reasons-section.tsx'
import { stateAt, toldOf, wordsIn } from '../told.ts'
import { AckSection } from './ack-section.tsx'
import classes from './alert.module.css'
import { AlertWords } from './alert-words.tsx'
import { messages } from './messages.ts'
import { PublisherSection } from './publisher-section.tsx'
import { Strips } from './strips.tsx'
import { WhereSection } from './where-section.tsx'

type Found = Output<typeof alertGet>

/** Whoever opens an alert has read it, however it came to their eyes. */
function useMarkRead(key: string): void {
  const query = useQuery(noticeList, {})
  const notices = query.status === 'ready' ? query.data.notices : null
  useEffect(() => {
    if (notices) markRead(notices.filter((notice) => notice.key === key).map(({ revision }) => revision))
  }, [notices, key])
}

function Evidence({ claim }: { readonly claim: string }) {
  const text = useText(messages)
  const { modulesOn } = useSession()
  return (
    <Section title={text.evidence}>
      {modulesOn.has('evidence') ? (
        <Button component={Link} href={`/claims/${claim}`} variant="default">
          {text.toEvidence}
        </Button>
      ) : (
        <Text>{text.evidenceOff}</Text>
      )}
    </Section>
  )
}

function TakeAway({ alertKey }: { readonly alertKey: string }) {
  const text = useText(messages).take
  const make = useCall(capExport)
  const save = async () => {
    const made = await make.run({ key: alertKey })
    if (made) saveFile(made.file_name, 'application/cap+xml', made.text)
  }
  return (
    <Section title={text.title} intro={text.text}>
      <Stack gap="sm" align="flex-start">
        <Button variant="default" loading={make.busy} onClick={save} leftSection={<IconDownload size={20} aria-hidden />}>
          {text.cap}
        </Button>
        {make.error ? <ErrorNotice error={make.error} /> : null}
      </Stack>
    </Section>
  )
}

function Whole({ found }: { readonly found: Found }) {
  const text = useText(messages)
  const format = useFormat()
  const now = useNow()
  const { language } = useLanguage()
  const { record } = found
  const { alert, mirror } = record
  const explained = useQuery(alertExplain, { key: record.key })
  const decision = explained.status === 'ready' ? explained.data : undefined
  const told = useMemo(() => toldOf(record), [record])
  const isOver = stateAt(record, now) !== 'active'
  const isRefused = decision?.delivery === 'refuse'
  // what is forged never looks real, not even until it has been judged
  if (explained.status === 'loading') return <Loading rows={8} />
  return (
    <Stack gap="lg">
      <Strips record={record} decision={decision} now={now} />
      <article
        className={classes.alert}
        data-severity={told.severity}
        data-over={isOver || undefined}
        data-refused={isRefused || undefined}
        data-drill={told.drill || undefined}
        data-origin={mirror ? 'mirror' : undefined}
      >
        <span className={cards.cardMarks}>
          <SeverityMark severity={told.severity} alleged={isRefused} />
          <AlertMarks marks={decision?.marks ?? []} />
        </span>
        <AlertWords words={told.words} above={wordsIn(told.words, language).title} />
        <dl className={classes.facts}>
          {isRefused ? null : (
            <>
              <dt>{text.until}</dt>
              <dd>{`${format.dateTime(told.until)} (${format.relative(told.until, now)})`}</dd>
            </>
          )}
          <dt>{text.sent}</dt>
          <dd>{format.dateTime(told.from)}</dd>
        </dl>
        {alert?.replaces ? (
          <Anchor component={Link} href={alertPath(alert.replaces)} className={cards.more}>
            {text.toOlder}
          </Anchor>
        ) : null}
      </article>
      {isRefused ? (
        // where it would apply, and an answer to it, would make it seem real: what counts is why it is not
        <ReasonsSection decision={decision} />
      ) : (
        <>
          {alert ? <AckSection alert={alert} isOver={isOver} /> : <Text>{text.ack.mirror}</Text>}
          <WhereSection told={told} decision={decision} />
        </>
      )}
      <PublisherSection found={found} decision={decision} />
      {decision && !isRefused ? <ReasonsSection decision={decision} /> : null}
      {alert?.evidence_claim ? <Evidence claim={alert.evidence_claim} /> : null}
      {alert && !isRefused ? <PassOnSection alert={alert} decision={decision} /> : null}
      {alert ? <TakeAway alertKey={record.key} /> : null}
    </Stack>
  )
}

function One({ alertKey }: { readonly alertKey: string }) {
  const names = useText(shared)
  const { language } = useLanguage()
  const query = useQuery(alertGet, { key: alertKey })
  useMarkRead(alertKey)
  const told = query.status === 'ready' ? toldOf(query.data.record) : null
  const title = told ? visibleText(wordsIn(told.words, language).title) : names.title
  return (
    <Page title={told?.drill ? names.drillTitle(title) : title} back={ALERTS}>
      <QueryView query={query} rows={8}>
        {(found) => <Whole found={found} />}
      </QueryView>
    </Page>
  )
}

/** One alert, with all that is known of it (CIV-7, CIV-9, CIV-11, CIV-12). */
export function AlertPage() {
  const text = useText(shared)
  const key = new URLSearchParams(useSearch()).get('key') ?? ''
  if (key !== '' && key.length <= 300) return <One key={key} alertKey={key} />
  return (
    <Page title={text.title} back={ALERTS}>
      <ErrorNotice error={new HearthError('civdef_alert_not_found', 'not the key of an alert')} />
    </Page>
  )
}
