import { Button, Stack, TextInput } from '@mantine/core'
import { IconFlame, IconHomeHeart } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { Link } from 'wouter'
import { communityFound, communityGet } from '#protocol/community/capabilities.ts'
import { nodeStatus } from '#protocol/node/capabilities.ts'
import { Empty } from '../../kit/empty.tsx'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useText } from '../../kit/i18n.tsx'
import { Page } from '../../kit/page.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Section } from '../../kit/section.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { useCall, useQuery } from '../../port/hooks.ts'
import { takeGoal } from '../../shell/goal.ts'
import { EnterInvite } from './enter-invite.tsx'
import { messages } from './messages.ts'
import { useArrival } from './use-arrival.ts'

function FoundForm() {
  const text = useText(messages).start
  const [name, setName] = useState('')
  const [missing, setMissing] = useState(false)
  const found = useCall(communityFound)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const trimmed = name.trim()
    setMissing(trimmed === '')
    if (trimmed !== '') await found.run({ name: trimmed })
  }

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md" align="stretch">
        <TextInput
          label={text.name}
          description={text.nameHint}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={missing && name.trim() === '' ? text.nameRequired : null}
          maxLength={64}
          required
        />
        {found.error ? <ErrorNotice error={found.error} /> : null}
        <Button type="submit" variant="default" loading={found.busy} style={{ alignSelf: 'flex-start' }}>
          {text.submit}
        </Button>
      </Stack>
    </form>
  )
}

function Choice() {
  const text = useText(messages).start
  return (
    <Stack gap="lg">
      <Section title={text.joinTitle} intro={text.joinIntro}>
        <EnterInvite />
      </Section>
      <Section title={text.foundTitle} intro={text.foundIntro}>
        <FoundForm />
      </Section>
    </Stack>
  )
}

function Settled() {
  const text = useText(messages).start
  const community = useQuery(communityGet, {})
  useArrival(community.status === 'ready' ? community.data.community !== null : null, takeGoal)
  return (
    <QueryView query={community}>
      {({ community: mine }) =>
        mine ? (
          <Empty
            icon={IconHomeHeart}
            action={
              <Button component={Link} href="/community">
                {text.toCommunity}
              </Button>
            }
          >
            {visibleText(text.already(mine.name))}
          </Empty>
        ) : (
          <Choice />
        )
      }
    </QueryView>
  )
}

function Start() {
  const text = useText(messages).start
  const status = useQuery(nodeStatus, {})
  const nameFirst = (
    <Empty
      icon={IconFlame}
      action={
        <Button component={Link} href="/welcome">
          {text.toWelcome}
        </Button>
      }
    >
      {text.nameFirst}
    </Empty>
  )
  return <QueryView query={status}>{({ identity }) => (identity ? <Settled /> : nameFirst)}</QueryView>
}

/** Found a community, or join one (COM-1, COM-3). */
export function StartPage() {
  const text = useText(messages).start
  return (
    <Page title={text.title} intro={text.intro}>
      <Start />
    </Page>
  )
}
