import { Button, Group, NativeSelect, Paper, Stack, Text, Textarea } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { type FormEvent, type KeyboardEvent, type RefObject, useId } from 'react'
import type { ModelState } from '#protocol/distributed-inference/model-capabilities.ts'
import { useText } from '../../../kit/i18n.tsx'
import { isDemonstration, ModelHint, useModelName } from '../shared/model-name.tsx'
import classes from './ask.module.css'
import { messages } from './messages.ts'
import { MoreSettings } from './more-settings.tsx'
import type { RoomState } from './use-room.ts'
import { WhoWould } from './who-would.tsx'

const EXAMPLES = ['water', 'power', 'fridge'] as const
/** Longest question; more than any of our models reads. */
const MOST_CHARACTERS = 20_000

interface AskFormProps {
  readonly models: readonly ModelState[]
  readonly model: ModelState
  readonly room: RoomState
  readonly busy: boolean
  /** Where the next question is written: what takes itself away gives the focus to it. */
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly onAsk: (question: string) => void
}

/** Where a question is written: to which model, and who would compute. */
export function AskForm({ models, model, room: { conversation, turns, settings, choose }, busy, field, onAsk }: AskFormProps) {
  const text = useText(messages)
  const modelName = useModelName()
  const hint = useId()
  const question = settings.draft

  const ask = (wanted: string): void => {
    if (busy || wanted.trim() === '') return
    choose({ draft: '' })
    // the button that was pressed goes; the next question is what comes next
    field.current?.focus({ preventScroll: true })
    onAsk(wanted.trim())
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    ask(question)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    // Enter also confirms a word in an input method: that is not the end of the question
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    ask(question)
  }

  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }} radius="lg">
      <form onSubmit={submit} aria-label={text.form}>
        <Stack gap="md">
          <Textarea
            ref={field}
            label={text.question}
            placeholder={text.placeholder}
            aria-describedby={hint}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={MOST_CHARACTERS}
            value={question}
            onChange={(event) => choose({ draft: event.currentTarget.value })}
            onKeyDown={onKeyDown}
          />
          <Group gap="sm">
            <Button type="submit" disabled={busy || question.trim() === ''} leftSection={<IconSend size={20} aria-hidden />}>
              {text.ask}
            </Button>
            {turns.length > 0 && !busy ? (
              <Button
                variant="default"
                onClick={() => {
                  field.current?.focus({ preventScroll: true })
                  conversation.clear()
                }}
              >
                {text.clear}
              </Button>
            ) : null}
          </Group>
          <Text size="sm" c="dimmed" id={hint} className={classes.hint}>
            {text.hint}
          </Text>
          {turns.length === 0 && isDemonstration(model.model) ? (
            <Stack gap={4}>
              <Text size="sm" c="dimmed">
                {text.examplesTitle}
              </Text>
              <div className={classes.examples}>
                {EXAMPLES.map((name) => (
                  <Button key={name} variant="default" onClick={() => ask(text.examples[name])}>
                    {text.examples[name]}
                  </Button>
                ))}
              </div>
            </Stack>
          ) : null}
          <Stack gap={4}>
            <NativeSelect
              label={text.model}
              value={model.model}
              onChange={(event) => choose({ model: event.currentTarget.value })}
              data={models.map((each) => ({ value: each.model, label: modelName(each.model) }))}
            />
            <ModelHint model={model.model} />
          </Stack>
          <WhoWould models={models} model={model} computedBy={settings.computedBy} />
          <MoreSettings settings={settings} choose={choose} />
        </Stack>
      </form>
    </Paper>
  )
}
