import { Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { HearthError } from '#protocol/core/errors.ts'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useText } from '../../kit/i18n.tsx'
import { messages } from './messages.ts'

export interface StoredStepProps {
  readonly fileName: string
  readonly busy: boolean
  readonly error: HearthError | null
  readonly onAgain: () => void
  readonly onConfirm: () => void
}

/** A download can fail silently: only the person can say that the file is there. */
export function StoredStep({ fileName, busy, error, onAgain, onConfirm }: StoredStepProps) {
  const text = useText(messages).recovery
  const [stored, setStored] = useState(false)
  return (
    <Stack gap="md">
      <Text fw={600} role="status" style={{ overflowWrap: 'anywhere' }}>
        {text.saved(fileName)}
      </Text>
      <Text>{text.where}</Text>
      <Checkbox label={text.confirm} checked={stored} onChange={(event) => setStored(event.currentTarget.checked)} />
      {error ? <ErrorNotice error={error} /> : null}
      <Group gap="sm">
        <Button onClick={onConfirm} disabled={!stored} loading={busy}>
          {text.done}
        </Button>
        <Button variant="subtle" onClick={onAgain}>
          {text.again}
        </Button>
      </Group>
    </Stack>
  )
}
