import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconSos, IconSpeakerphone } from '@tabler/icons-react'
import { panicCancel } from '#protocol/lora/capabilities.ts'
import { ConfirmButton } from '../../kit/confirm-button.tsx'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { useCall } from '../../port/hooks.ts'
import { messages } from './messages.ts'
import type { OwnPanic } from './status.ts'

/** This device's own call for help: what has gone out of it, and its end. */
export function Calling({ panic }: { readonly panic: OwnPanic }) {
  const text = useText(messages).calling
  const format = useFormat()
  const cancel = useCall(panicCancel)
  return (
    <Alert color="bad" icon={<IconSos aria-hidden />} title={text.title} role="status">
      <Stack gap="sm" align="flex-start">
        <Text>
          {text.since(format.time(panic.since))}{' '}
          {text.burst(format.number(panic.frames_sent), format.number(panic.frames_total))}
        </Text>
        {panic.frames_sent < panic.frames_total ? <Text>{text.rest}</Text> : null}
        {panic.overridden ? <Text>{text.overridden}</Text> : null}
        <Text>{text.goesOn}</Text>
        <ConfirmButton
          label={text.end}
          title={text.end}
          tone="neutral"
          onConfirm={() => cancel.run({})}
          error={cancel.error}
          busy={cancel.busy}
        >
          {text.endText}
        </ConfirmButton>
      </Stack>
    </Alert>
  )
}

/** An alert that the next beacon passes on as a sign (LOR-12): nobody here calls for help. */
export function PassingOn() {
  const text = useText(messages).passingOn
  const cancel = useCall(panicCancel)
  return (
    <Alert color="warn" icon={<IconSpeakerphone aria-hidden />} title={text.title} role="status" mb="md">
      <Stack gap="sm" align="flex-start">
        <Text>{text.text}</Text>
        <Button variant="default" loading={cancel.busy} onClick={() => cancel.run({})}>
          {text.stop}
        </Button>
        {cancel.error ? <ErrorNotice error={cancel.error} /> : null}
      </Stack>
    </Alert>
  )
}
