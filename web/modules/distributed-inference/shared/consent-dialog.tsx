import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useText } from '../../../kit/i18n.tsx'
import { messages } from './messages.ts'
import classes from './shared.module.css'

interface ConsentDialogProps {
  readonly opened: boolean
  /** Null where this device cannot answer alone. */
  readonly onAlone: (() => void) | null
  readonly onAgree: () => void
  readonly onCancel: () => void
}

/** Says plainly that who computes can read along, before it happens for the first time (DLM-5). */
export function ConsentDialog({ opened, onAlone, onAgree, onCancel }: ConsentDialogProps) {
  const text = useText(messages).consent
  return (
    <Modal opened={opened} onClose={onCancel} title={text.title} centered closeButtonProps={{ 'aria-label': text.cancel }}>
      <Stack gap="md">
        <Text>{text.text}</Text>
        <Text>{text.who}</Text>
        <Text fw={600}>{text.careful}</Text>
        <Group justify="flex-end" gap="sm" className={classes.choices}>
          <Button variant="default" onClick={onCancel}>
            {text.cancel}
          </Button>
          {onAlone ? (
            <Button variant="default" onClick={onAlone}>
              {text.alone}
            </Button>
          ) : null}
          <Button onClick={onAgree}>{text.agree}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
