import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { HearthError } from '#protocol/core/errors.ts'
import { errorText } from './errors.ts'
import { useLanguage, useText } from './i18n.tsx'
import { messages } from './messages.ts'

export interface ErrorNoticeProps {
  readonly error: HearthError
  readonly onRetry?: (() => void) | undefined
}

/** A failure in plain words, its code small for whoever is asked for help. */
export function ErrorNotice({ error, onRetry }: ErrorNoticeProps) {
  const text = useText(messages)
  const { language } = useLanguage()
  return (
    <Alert color="bad" icon={<IconAlertTriangle aria-hidden />} title={text.errorTitle} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text>{errorText(error.code, language)}</Text>
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
