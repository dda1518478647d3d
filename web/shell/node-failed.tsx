import { Button, Stack, Text, Title } from '@mantine/core'
import type { HearthError } from '#protocol/core/errors.ts'
import { ErrorNotice } from '../kit/error-notice.tsx'
import { useText } from '../kit/i18n.tsx'
import { messages } from './messages.ts'

export interface NodeFailedProps {
  readonly error: HearthError | undefined
  readonly onRetry: () => void
  readonly onTakeOver: () => void
}

/** The node did not come up: what that means, and the two things that can help. */
export function NodeFailed({ error, onRetry, onTakeOver }: NodeFailedProps) {
  const text = useText(messages).failed
  return (
    <Stack gap="lg" maw="46rem" mx="auto">
      <Title order={1} tabIndex={-1} data-page-title>
        {text.title}
      </Title>
      <Text>{text.intro}</Text>
      {error ? <ErrorNotice error={error} onRetry={onRetry} /> : null}
      <Button variant="default" onClick={onTakeOver} style={{ alignSelf: 'flex-start' }}>
        {text.takeOver}
      </Button>
    </Stack>
  )
}
