import { Button, Stack } from '@mantine/core'
import { IconBuildingBank } from '@tabler/icons-react'
import { useState } from 'react'
import type { Output } from '#protocol/core/capability.ts'
import { ebkhGet, ebkhPull } from '#protocol/evidence/desk-capabilities.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { useCall, useQuery } from '../../../port/hooks.ts'
import { messages } from './messages.ts'
import { PullReport } from './pull-report.tsx'

/** Asks the hub about one subject; what comes waits in the inbox. Nothing without a hub. */
export function HubPull({ subject }: { readonly subject: string }) {
  const text = useText(messages).hub
  const hub = useQuery(ebkhGet, {})
  const pull = useCall(ebkhPull)
  const [report, setReport] = useState<Output<typeof ebkhPull> | null>(null)
  if (hub.status !== 'ready' || hub.data.endpoint === '') return null
  return (
    <Stack gap="xs" align="flex-start">
      <Button
        variant="default"
        loading={pull.busy}
        leftSection={<IconBuildingBank size={20} aria-hidden />}
        onClick={async () => setReport((await pull.run({ of: { subject } })) ?? null)}
      >
        {text.ask}
      </Button>
      <PullReport report={report} />
      {pull.error ? <ErrorNotice error={pull.error} /> : null}
    </Stack>
  )
}
