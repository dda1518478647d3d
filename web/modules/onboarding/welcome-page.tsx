import { Alert, Button, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconMailOpened } from '@tabler/icons-react'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { Output } from '#protocol/core/capability.ts'
import { nodeStatus } from '#protocol/node/capabilities.ts'
import { type Language, useLanguage, useText } from '../../kit/i18n.tsx'
import { Page } from '../../kit/page.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Section } from '../../kit/section.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { useQuery } from '../../port/hooks.ts'
import { peekGoal, takeGoal } from '../../shell/goal.ts'
import { messages } from './messages.ts'
import { NameForm } from './name-form.tsx'
import { RecoveryForm } from './recovery-form.tsx'
import { RestoreForm } from './restore-form.tsx'

type Identity = Output<typeof nodeStatus>['identity']

const LANGUAGE_NAMES = [
  { value: 'de', label: 'Deutsch' },
  { value: 'en', label: 'English' },
] as const satisfies readonly { readonly value: Language; readonly label: string }[]

function LanguageChoice() {
  const text = useText(messages)
  const { language, setLanguage } = useLanguage()
  return (
    <SegmentedControl
      aria-label={text.language}
      data={[...LANGUAGE_NAMES]}
      value={language}
      onChange={(value) => {
        const chosen = LANGUAGE_NAMES.find((name) => name.value === value)
        if (chosen) setLanguage(chosen.value)
      }}
    />
  )
}

function Steps({ identity, onDone }: { readonly identity: Identity; readonly onDone: () => void }) {
  const text = useText(messages)
  const [restoring, setRestoring] = useState(false)
  if (!identity) {
    return restoring ? <RestoreForm onBack={() => setRestoring(false)} /> : <NameForm onRestore={() => setRestoring(true)} />
  }
  return (
    <Stack gap="xl">
      <Text>{visibleText(text.ready(identity.display_name))}</Text>
      {identity.recovery === 'pending' ? (
        <Section title={text.recovery.title} intro={text.recovery.intro}>
          <RecoveryForm displayName={identity.display_name} onDone={onDone} onLater={onDone} />
        </Section>
      ) : (
        <Button onClick={onDone}>{text.next}</Button>
      )}
    </Stack>
  )
}

/** First steps on a new device: a language, a name, and a file to keep it by (ID-1, ID-5). */
export function WelcomePage() {
  const text = useText(messages)
  const status = useQuery(nodeStatus, {})
  const [, navigate] = useLocation()
  const [invited] = useState(() => peekGoal()?.startsWith('/join/') ?? false)
  const goOn = () => navigate(takeGoal())

  return (
    <Page title={text.title} intro={text.what} actions={<LanguageChoice />}>
      {invited ? <Alert icon={<IconMailOpened aria-hidden />}>{text.invited}</Alert> : null}
      <QueryView query={status} rows={4}>
        {({ identity }) => <Steps identity={identity} onDone={goOn} />}
      </QueryView>
    </Page>
  )
}
