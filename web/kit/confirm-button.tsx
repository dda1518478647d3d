import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useText } from './i18n.tsx'
import { messages } from './messages.ts'

export interface ConfirmButtonProps {
  /** The button that asks; the same words confirm, so nobody has to guess what "OK" does. */
  readonly label: string
  readonly title: string
  /** What will happen, and to whom. */
  readonly children: ReactNode
  /** A word the person types before it can be confirmed, for what cannot be undone. */
  readonly typed?: string
  readonly onConfirm: () => Promise<unknown> | unknown
  readonly busy?: boolean
  readonly disabled?: boolean
}

/** Asks before it acts: a dialog with what will happen, and for the irreversible a word to type. */
export function ConfirmButton({
  label,
  title,
  children,
  typed,
  onConfirm,
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
    await onConfirm()
    leave()
  }

  return (
    <>
      <Button variant="light" color="bad" onClick={open} loading={busy} disabled={disabled}>
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
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={leave}>
                {text.cancel}
              </Button>
              <Button type="submit" color="bad" variant="filled" disabled={!ready} loading={busy}>
                {label}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  )
}
