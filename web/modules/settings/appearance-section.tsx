import { Button, Input, type MantineColorScheme, SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { type Language, useLanguage, useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { useInstall } from '../../shell/services.tsx'
import { messages } from './messages.ts'

const LANGUAGE_NAMES: { value: Language; label: string }[] = [
  { value: 'de', label: 'Deutsch' },
  { value: 'en', label: 'English' },
]
const THEMES: readonly MantineColorScheme[] = ['auto', 'light', 'dark']

interface ChoiceProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly choices: { value: T; label: string }[]
  readonly onChange: (value: T) => void
}

function Choice<T extends string>({ label, value, choices, onChange }: ChoiceProps<T>): ReactNode {
  const id = useId()
  return (
    <Input.Wrapper label={label} labelElement="div" labelProps={{ id }}>
      <SegmentedControl fullWidth data={choices} value={value} onChange={onChange} aria-labelledby={id} />
    </Input.Wrapper>
  )
}

function Installing() {
  const text = useText(messages).appearance
  const { state, prompt } = useInstall()
  if (state === 'installed') return <Text c="dimmed">{text.installed}</Text>
  return (
    <Stack gap="xs" align="flex-start">
      <Text fw={600}>{text.install}</Text>
      <Text size="sm" c="dimmed">
        {text.installIntro} {state === 'manual' ? text.manual : null}
      </Text>
      {state === 'offered' ? (
        <Button variant="default" onClick={prompt}>
          {text.install}
        </Button>
      ) : null}
    </Stack>
  )
}

export function AppearanceSection() {
  const text = useText(messages).appearance
  const { language, setLanguage } = useLanguage()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Section title={text.title}>
      <Choice label={text.language} value={language} choices={LANGUAGE_NAMES} onChange={setLanguage} />
      <Choice
        label={text.theme}
        value={colorScheme}
        choices={THEMES.map((value) => ({ value, label: text.themes[value] }))}
        onChange={setColorScheme}
      />
      <Installing />
    </Section>
  )
}
