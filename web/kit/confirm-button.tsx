import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { HearthError } from '#protocol/core/errors.ts'
import { ErrorNotice } from './error-notice.tsx'
import { useText } from './i18n.tsx'
import { messages } from './messages.ts'

export interface ConfirmButtonProps {
  /** The button that asks; the same words confirm, so nobody has to guess what "OK" does. */
  readonly label: string
  /** What it is about, where several such buttons are on one page: read out before the label. */
  readonly about?: string
  readonly title: string
  /** What will happen, and to whom. */
  readonly children: ReactNode
  /** A word the person types before it can be confirmed, for what cannot be undone. */
  readonly typed?: string
  /** Answers undefined when it failed, as `useCall` does: the dialog stays open then and shows `error`. */
  readonly onConfirm: () => Promise<unknown>
  readonly error?: HearthError | null
  /** What adds rather than takes away, a signature for instance, does not ask in red. */
  readonly tone?: 'bad' | 'neutral'
  readonly busy?: boolean
  readonly disabled?: boolean
}

/** Asks before it acts: a dialog with what will happen, and for the irreversible a word to type. */
export function ConfirmButton({
  label,
  about,
  title,
  children,
  typed,
  onConfirm,
  error = null,
  tone = 'bad',
  busy = false,
  disabled = false,
}: ConfirmButtonProps) {
  const text = useText(messages)
  const [opened, { open, close }] = useDisclosure(false)
  const [entry, setEntry] = useState('')
  const ready = typed === undefined || entry.trim().toLocaleLowerCase() === typed.toLocaleLowerCase()

  const leave = () => {
    setEntry('')
    close()
  }
  const confirm = async (event: FormEvent) => {
    event.preventDefault()
    if (!ready) return
    if ((await onConfirm()) !== undefined) leave()
  }

  return (
    <>
      <Button
        {...(tone === 'bad' ? { variant: 'light', color: 'bad' } : { variant: 'default' })}
        onClick={open}
        loading={busy}
        {...(about === undefined ? {} : { 'aria-label': `${about}: ${label}` })}
        disabled={disabled}
      >
        {label}
      </Button>
      <Modal opened={opened} onClose={leave} title={title} centered closeButtonProps={{ 'aria-label': text.cancel }}>
        <form onSubmit={confirm}>
          <Stack gap="md">
            <Text component="div">{children}</Text>
            {typed === undefined ? null : (
              <>
                <Text fw={600}>{text.confirmIrreversible}</Text>
                <TextInput
                  label={text.confirmTyped(typed)}
                  value={entry}
                  onChange={(event) => setEntry(event.currentTarget.value)}
                  autoComplete="off"
                  spellCheck={false}
                  data-autofocus
                />
              </>
            )}
            {error ? <ErrorNotice error={error} /> : null}
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={leave}>
                {text.cancel}
              </Button>
              <Button
                type="submit"
                {...(tone === 'bad' ? { color: 'bad' } : {})}
                variant="filled"
                disabled={!ready}
                loading={busy}
              >
                {label}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  )
}
