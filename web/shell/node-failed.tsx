import { Button, Group } from '@mantine/core'
import type { HearthError } from '#protocol/core/errors.ts'
import { ErrorNotice } from '../kit/error-notice.tsx'
import { useText } from '../kit/i18n.tsx'
import { Page } from '../kit/page.tsx'
import { useNodePhase } from '../port/provider.tsx'
import { messages } from './messages.ts'

export interface NodeFailedProps {
  /** Whether there is a node at all: one that runs can still refuse what every screen needs. */
  readonly running: boolean
  readonly error: HearthError | undefined
  readonly onRetry: () => void
}

/** The app cannot begin: what that means, why, and what can help. */
export function NodeFailed({ running, error, onRetry }: NodeFailedProps) {
  const text = useText(messages).failed
  const { role, takeOver } = useNodePhase()
  const reasons: Readonly<Partial<Record<string, string>>> = text.reasons
  return (
    <Page title={text.title} intro={running ? text.introRunning : text.intro}>
      {error ? <ErrorNotice error={error} words={reasons[error.code]} onRetry={onRetry} /> : null}
      <Group gap="sm">
        {role === 'follower' ? (
          <Button variant="default" onClick={takeOver}>
            {text.takeOver}
          </Button>
        ) : null}
        {/* an installed app has no such button of the browser's */}
        <Button variant="default" onClick={() => location.reload()}>
          {text.reload}
        </Button>
      </Group>
    </Page>
  )
}
