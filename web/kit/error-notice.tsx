import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import type { HearthError } from '#protocol/core/errors.ts'
import type { ErrorWords as ErrorWordsOf } from './error-words.tsx'
import { useText } from './i18n.tsx'
import { messages } from './messages.ts'

const NoWords: typeof ErrorWordsOf = () => null
// every code has its words, and most people never need one; offline at the first visit the code itself must do
const ErrorWords = lazy(() =>
  import('./error-words.tsx').then(
    (words) => ({ default: words.ErrorWords }),
    () => ({ default: NoWords }),
  ),
)

export interface ErrorNoticeProps {
  readonly error: HearthError
  /** Instead of those that its code has everywhere. */
  readonly words?: string | undefined
  readonly onRetry?: (() => void) | undefined
}

/** A failure in plain words, its code small for whoever is asked for help. */
export function ErrorNotice({ error, words, onRetry }: ErrorNoticeProps) {
  const text = useText(messages)
  return (
    <Alert color="bad" icon={<IconAlertTriangle aria-hidden />} title={text.errorTitle} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text>
          {words ?? (
            <Suspense>
              <ErrorWords code={error.code} />
            </Suspense>
          )}
        </Text>
        <Text size="sm" c="dimmed">
          {text.errorCode(error.code)}
        </Text>
        {onRetry ? (
          <Button variant="default" onClick={onRetry}>
            {text.retry}
          </Button>
        ) : null}
      </Stack>
    </Alert>
  )
}
