import { Button, Progress, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { nodeStorage } from '#protocol/node/capabilities.ts'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Section } from '../../kit/section.tsx'
import { StatusDot } from '../../kit/status-dot.tsx'
import { useQuery } from '../../port/hooks.ts'
import { messages } from './messages.ts'

/** Asks the browser to keep the data; only a window may, so the node cannot do it. */
const askToKeep = async (): Promise<boolean> => (await navigator.storage?.persist?.().catch(() => false)) ?? false

function Persistence({ persisted }: { readonly persisted: boolean }) {
  const text = useText(messages).storage
  const [answer, setAnswer] = useState<boolean | null>(null)
  if (persisted || answer === true) return <StatusDot status="good">{text.persisted}</StatusDot>
  return (
    <Stack gap="sm" align="flex-start">
      <StatusDot status="busy">{text.notPersisted}</StatusDot>
      <Button variant="default" onClick={async () => setAnswer(await askToKeep())}>
        {text.persist}
      </Button>
      <Text size="sm" role="status">
        {answer === false ? text.refused : null}
      </Text>
    </Stack>
  )
}

export function StorageSection() {
  const text = useText(messages).storage
  const format = useFormat()
  const query = useQuery(nodeStorage, {})
  return (
    <Section title={text.title}>
      <QueryView query={query}>
        {({ usage_bytes, quota_bytes, persisted }) => (
          <Stack gap="md">
            <Stack gap={6}>
              <Text>{text.used(format.bytes(usage_bytes), format.bytes(quota_bytes))}</Text>
              <Progress
                value={quota_bytes === 0 ? 0 : (100 * usage_bytes) / quota_bytes}
                aria-label={text.usedLabel}
                size="lg"
              />
            </Stack>
            <Persistence persisted={persisted} />
          </Stack>
        )}
      </QueryView>
    </Section>
  )
}
