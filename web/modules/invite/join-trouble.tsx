import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Link } from 'wouter'
import type { HearthError } from '#protocol/core/errors.ts'
import { useText } from '../../kit/i18n.tsx'
import { messages as kitMessages } from '../../kit/messages.ts'
import { canRetry, joinProblem } from './join-problem.ts'
import { messages } from './messages.ts'

/** Why an invite leads nowhere, and what helps. */
export function JoinTrouble({ error, onRetry }: { readonly error: HearthError; readonly onRetry: () => void }) {
  const text = useText(messages).join
  const kit = useText(kitMessages)
  const problem = joinProblem(error)
  return (
    <Alert color="bad" icon={<IconAlertTriangle aria-hidden />} title={text.problemTitle} role="alert">
      <Stack gap="md">
        <Text>{text.problems[problem]}</Text>
        <Text size="sm" c="dimmed">
          {kit.errorCode(error.code)}
        </Text>
        <Group gap="sm">
          {canRetry(problem) ? <Button onClick={onRetry}>{text.retry}</Button> : null}
          <Button component={Link} href="/start" variant="default">
            {text.otherInvite}
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}
