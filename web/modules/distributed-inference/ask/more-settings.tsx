import { Input, NativeSelect, Text, TextInput } from '@mantine/core'
import { useId } from 'react'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import classes from './ask.module.css'
import { messages } from './messages.ts'
import { isUsable, type Settings } from './settings.ts'

const MOST_TEMPERATURE = 1.5

interface MoreSettingsProps {
  readonly settings: Settings
  readonly choose: (patch: Partial<Settings>) => void
}

function Temperature({ settings, choose }: MoreSettingsProps) {
  const text = useText(messages).more
  const format = useFormat()
  const id = useId()
  const words = settings.temperature === 0 ? text.exact : text.free(format.number(settings.temperature))
  return (
    <Input.Wrapper label={text.temperature} labelProps={{ htmlFor: id }}>
      <input
        id={id}
        type="range"
        className={classes.range}
        min={0}
        max={MOST_TEMPERATURE}
        step={0.1}
        value={settings.temperature}
        aria-valuetext={words}
        onChange={(event) => choose({ temperature: event.currentTarget.valueAsNumber })}
      />
      <Text size="sm" c="dimmed">
        {words}
      </Text>
    </Input.Wrapper>
  )
}

const NUMBERS = [
  { key: 'maxTokens', label: 'maxTokens', hint: null },
  { key: 'repetition', label: 'repetition', hint: 'repetitionHint' },
  { key: 'topK', label: 'topK', hint: null },
  { key: 'topP', label: 'topP', hint: 'topPHint' },
  { key: 'seed', label: 'seed', hint: 'seedHint' },
] as const

/** How the next word is chosen, for whoever wants to know (DLM-3). */
export function MoreSettings({ settings, choose }: MoreSettingsProps) {
  const text = useText(messages).more
  return (
    <details>
      <summary className={classes.summary}>{text.title}</summary>
      <div className={classes.fields}>
        <NativeSelect
          label={text.computedBy}
          value={settings.computedBy}
          onChange={(event) => {
            const wanted = event.currentTarget.value
            if (wanted === 'auto' || wanted === 'local' || wanted === 'pipeline_first') choose({ computedBy: wanted })
          }}
          data={(['auto', 'local', 'pipeline_first'] as const).map((value) => ({ value, label: text.computed[value] }))}
        />
        <Temperature settings={settings} choose={choose} />
        {NUMBERS.map(({ key, label, hint }) => (
          <TextInput
            key={key}
            label={text[label]}
            {...(hint === null ? {} : { description: text[hint] })}
            inputMode="decimal"
            placeholder={text.automatic}
            error={isUsable(settings[key]) ? null : text.noNumber}
            value={settings[key]}
            onChange={(event) => choose({ [key]: event.currentTarget.value })}
          />
        ))}
        <TextInput
          label={text.stop}
          maxLength={64}
          value={settings.stop}
          onChange={(event) => choose({ stop: event.currentTarget.value })}
        />
      </div>
    </details>
  )
}
