import { Button, Group, Alert as Notice, Stack } from '@mantine/core'
import { IconDownload, IconRefresh } from '@tabler/icons-react'
import { Link, useParams } from 'wouter'
import { alertGet } from '#protocol/civdef/capabilities.ts'
import { capExport } from '#protocol/civdef/exchange-capabilities.ts'
import type { AlertRecord } from '#protocol/civdef/records.ts'
import { BidiText } from '../../../../kit/bidi-text.tsx'
import { ErrorNotice } from '../../../../kit/error-notice.tsx'
import { useLanguage, useText } from '../../../../kit/i18n.tsx'
import { saveFile } from '../../../../kit/save-file.ts'
import { Section } from '../../../../kit/section.tsx'
import { StatusDot } from '../../../../kit/status-dot.tsx'
import { useCall, useQuery } from '../../../../port/hooks.ts'
import { alertPath } from '../../paths.ts'
import { useDecisions } from '../../use-decisions.ts'
import classes from '../desk.module.css'
import { boardPath, DESK, updatePath } from '../paths.ts'
import { AlertView } from '../shared/alert-view.tsx'
import { RoleName } from '../shared/certificate-card.tsx'
import { DeskFrame } from '../shared/desk-frame.tsx'
import { AckBoard } from './ack-board.tsx'
import { EndSection } from './end-section.tsx'
import { messages } from './messages.ts'

function Ended({ record }: { readonly record: AlertRecord }) {
  const text = useText(messages)
  const { format } = useLanguage()
  const { cancellation, replaced_by } = record
  if (replaced_by !== null) {
    return (
      <Button component={Link} href={boardPath(replaced_by)} variant="default" className={classes.wide}>
        {text.toNewer}
      </Button>
    )
  }
  if (!cancellation) return null
  const { cancelled_at, reason, all_clear } = cancellation
  const words = (all_clear ? text.endedClear : text.ended)(format.dateTime(cancelled_at), reason)
  return (
    <Notice color={all_clear ? 'good' : 'warn'} role="status">
      <BidiText>{words}</BidiText>
    </Notice>
  )
}

function Board({ record }: { readonly record: AlertRecord }) {
  const text = useText(messages)
  const save = useCall(capExport)
  const { alert, state } = record
  const isRefused = useDecisions([record.key])(record.key)?.delivery === 'refuse'
  if (!alert) return <Notice>{text.mirror}</Notice>
  if (isRefused) {
    return (
      <Notice color="bad" role="alert">
        {text.refused} <Link href={alertPath(record.key)}>{text.whyRefused}</Link>
      </Notice>
    )
  }
  const saveCap = async () => {
    const file = await save.run({ key: record.key })
    if (file) saveFile(file.file_name, 'application/cap+xml', file.text)
  }
  return (
    <Stack gap="lg">
      <StatusDot status={state === 'active' ? 'busy' : 'idle'}>
        <strong>{text.states[state]}</strong>
      </StatusDot>
      <Ended record={record} />
      <AckBoard alert={alert} />
      <Section title={text.alert}>
        <AlertView alert={alert} by={<RoleName role={alert.publisher_role} />} />
        <Group gap="sm">
          {state === 'active' ? (
            <Button
              component={Link}
              href={updatePath(alert.alert_id)}
              className={classes.big}
              leftSection={<IconRefresh size={24} aria-hidden />}
            >
              {text.update}
            </Button>
          ) : null}
          <Button
            variant="default"
            className={classes.big}
            loading={save.busy}
            leftSection={<IconDownload size={24} aria-hidden />}
            onClick={saveCap}
          >
            {text.cap}
          </Button>
        </Group>
        {save.error ? <ErrorNotice error={save.error} /> : null}
      </Section>
      {state === 'active' ? <EndSection alert={alert} /> : null}
    </Stack>
  )
}

/** One alert as its publisher watches it: who answered, who needs help, and how to update or end it. */
export function BoardPage() {
  const text = useText(messages)
  const { id } = useParams<{ id: string }>()
  const query = useQuery(alertGet, { key: id })
  return (
    <DeskFrame title={text.title} back={DESK} query={query}>
      {({ record }) => <Board record={record} />}
    </DeskFrame>
  )
}
