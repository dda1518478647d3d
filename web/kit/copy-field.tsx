import { Button, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useEffect, useId, useState } from 'react'
import classes from './copy-field.module.css'
import { useText } from './i18n.tsx'
import { messages } from './messages.ts'

/** How long "Copied" stays, ms. */
const THANKS_MS = 2500

export interface CopyFieldProps {
  readonly label: string
  readonly value: string
  /** Keep to one line and cut the rest; it is copied whole all the same. */
  readonly oneLine?: boolean
}

/** A value to take along: readable, selectable, copied with one tap. */
export function CopyField({ label, value, oneLine = false }: CopyFieldProps) {
  const text = useText(messages)
  const id = useId()
  const [outcome, setOutcome] = useState<'none' | 'copied' | 'failed'>('none')
  useEffect(() => {
    if (outcome !== 'copied') return
    const timer = setTimeout(() => setOutcome('none'), THANKS_MS)
    return () => clearTimeout(timer)
  }, [outcome])

  const copy = () =>
    navigator.clipboard.writeText(value).then(
      () => setOutcome('copied'),
      () => setOutcome('failed'),
    )
  const copied = outcome === 'copied'

  return (
    <Stack gap={4}>
      <Text size="sm" fw={600} id={id}>
        {label}
      </Text>
      <Group gap="sm" align="stretch" wrap="nowrap">
        <output aria-labelledby={id} className={classes.value} data-one-line={oneLine || undefined}>
          {value}
        </output>
        <Button
          variant="default"
          onClick={copy}
          leftSection={copied ? <IconCheck size={20} aria-hidden /> : <IconCopy size={20} aria-hidden />}
          className={classes.button}
        >
          {copied ? text.copied : text.copy}
        </Button>
      </Group>
      <Text size="sm" c="bad" role="status">
        {outcome === 'failed' ? text.copyFailed : null}
      </Text>
    </Stack>
  )
}
