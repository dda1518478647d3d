import { Button, Stack } from '@mantine/core'
import { sampleLoad } from '#protocol/evidence/desk-capabilities.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { useCall } from '../../../port/hooks.ts'
import { messages } from './messages.ts'

/** Lays the examples out. */
export function SampleButton() {
  const text = useText(messages).sample
  const load = useCall(sampleLoad)
  return (
    <Stack gap="sm" align="flex-start">
      <Button variant="default" onClick={() => load.run({})} loading={load.busy}>
        {text.load}
      </Button>
      {load.error ? <ErrorNotice error={load.error} /> : null}
    </Stack>
  )
}
