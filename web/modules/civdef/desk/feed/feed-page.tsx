import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconPlayerStop, IconRss } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { feedState } from '#protocol/civdef/exchange-capabilities.ts'
import { configSet } from '#protocol/config/capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import { ErrorNotice } from '../../../../kit/error-notice.tsx'
import { useFormat, useText } from '../../../../kit/i18n.tsx'
import { Section } from '../../../../kit/section.tsx'
import { StatusDot } from '../../../../kit/status-dot.tsx'
import { useNow } from '../../../../kit/use-now.ts'
import { useCall, useQuery } from '../../../../port/hooks.ts'
import classes from '../desk.module.css'
import { DESK } from '../paths.ts'
import { DeskFrame } from '../shared/desk-frame.tsx'
import { messages } from './messages.ts'

type Feed = Output<typeof feedState>

/** As the configuration takes it: an address without spaces, over HTTPS. */
const isAddress = (text: string): boolean => /^https:\/\/[^\s]+$/.test(text) && URL.canParse(text)

const DOTS = { never: 'idle', fresh: 'good', unchanged: 'good', unreachable: 'busy', refused: 'bad' } as const

function State({ feed }: { readonly feed: Feed }) {
  const text = useText(messages)
  const format = useFormat()
  const now = useNow()
  if (feed.url === '') return <StatusDot status="idle">{text.off}</StatusDot>
  const { outcome, asked_at } = feed
  return (
    <Stack gap="sm">
      <StatusDot status={DOTS[outcome]}>
        <strong>{text.outcomes[outcome]}</strong>
      </StatusDot>
      {outcome === 'unreachable' || outcome === 'refused' ? <Text>{text.hints[outcome]}</Text> : null}
      <dl className={classes.facts}>
        <dt>{text.address}</dt>
        <dd>{feed.url}</dd>
        <dt>{text.asked}</dt>
        <dd>{asked_at === null ? text.never : `${format.dateTime(asked_at)} (${format.relative(asked_at, now)})`}</dd>
        <dt>{text.kept}</dt>
        <dd>{text.warnings(feed.kept)}</dd>
        <dt>{text.unreadable}</dt>
        <dd>{text.warnings(feed.refused)}</dd>
      </dl>
    </Stack>
  )
}

function Address({ url }: { readonly url: string }) {
  const text = useText(messages)
  const set = useCall(configSet)
  const [typed, setTyped] = useState(url)
  const [isBad, setBad] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const wanted = typed.trim()
    setBad(!isAddress(wanted))
    if (isAddress(wanted)) void set.run({ civdef: { feed_url: wanted } })
  }
  const stop = () => {
    setTyped('')
    setBad(false)
    void set.run({ civdef: { feed_url: '' } })
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          label={text.field}
          description={text.fieldNote}
          value={typed}
          onChange={(event) => {
            setBad(false)
            setTyped(event.currentTarget.value)
          }}
          error={isBad ? text.bad : null}
          maxLength={512}
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: classes.input }}
        />
        {set.error ? <ErrorNotice error={set.error} /> : null}
        <Group gap="sm">
          <Button type="submit" className={classes.big} loading={set.busy} leftSection={<IconRss size={24} aria-hidden />}>
            {text.save}
          </Button>
          {url === '' ? null : (
            <Button
              variant="default"
              className={classes.big}
              loading={set.busy}
              leftSection={<IconPlayerStop size={24} aria-hidden />}
              onClick={stop}
            >
              {text.stop}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  )
}

/** The operator's source of official warnings: what it is, how it does, and its switch. Off where no address is set. */
export function FeedPage() {
  const text = useText(messages)
  const query = useQuery(feedState, {})
  return (
    <DeskFrame title={text.title} intro={text.intro} back={DESK} query={query}>
      {(feed) => (
        <Stack gap="lg">
          <Section title={text.state}>
            <State feed={feed} />
          </Section>
          <Section title={text.change}>
            <Address key={feed.url} url={feed.url} />
          </Section>
        </Stack>
      )}
    </DeskFrame>
  )
}
