import { Stack, Textarea, TextInput } from '@mantine/core'
import {
  CIVDEF_ALERT_BODY_MAX_CHARS,
  CIVDEF_ALERT_TITLE_MAX_CHARS,
  CIVDEF_INSTRUCTIONS_MAX,
} from '#protocol/civdef/constants.ts'
import { useFormat, useText } from '../../../../kit/i18n.tsx'
import classes from '../desk.module.css'
import { type FormFaults, type FormWords, linesOf } from './form.ts'
import { messages } from './messages.ts'

export interface WordFieldsProps {
  readonly language: 'de' | 'en'
  readonly words: FormWords
  readonly faults: FormFaults
  readonly onChange: (words: FormWords) => void
}

/** Headline, text and steps in one language, each with how much room is left. */
export function WordFields({ language, words, faults, onChange }: WordFieldsProps) {
  const text = useText(messages)
  const { number } = useFormat()
  const end = language === 'en' ? '_en' : ''
  const fault = (field: 'title' | 'body' | 'instructions') => {
    const found = faults[`${field}${end}`]
    return found === undefined ? null : text.faults[found]
  }
  const counted = (value: string, most: number) => text.counted(number(value.length), number(most))
  return (
    <fieldset className={classes.choices} lang={language}>
      <legend className={classes.legend}>{language === 'de' ? text.wordsDe : text.wordsEn}</legend>
      <Stack gap="md">
        <TextInput
          label={text.titleField}
          description={counted(words.title, CIVDEF_ALERT_TITLE_MAX_CHARS)}
          value={words.title}
          onChange={(event) => onChange({ ...words, title: event.currentTarget.value })}
          error={fault('title')}
          maxLength={400}
          classNames={{ input: classes.input }}
          autoComplete="off"
        />
        <Textarea
          label={text.bodyField}
          description={counted(words.body, CIVDEF_ALERT_BODY_MAX_CHARS)}
          value={words.body}
          onChange={(event) => onChange({ ...words, body: event.currentTarget.value })}
          error={fault('body')}
          maxLength={8000}
          autosize
          minRows={3}
          maxRows={10}
        />
        <Textarea
          label={text.instructionsField}
          description={`${text.instructionsNote} ${text.lines(number(linesOf(words.instructions).length), number(CIVDEF_INSTRUCTIONS_MAX))}`}
          value={words.instructions}
          onChange={(event) => onChange({ ...words, instructions: event.currentTarget.value })}
          error={fault('instructions')}
          maxLength={8000}
          autosize
          minRows={3}
          maxRows={14}
        />
      </Stack>
    </fieldset>
  )
}
