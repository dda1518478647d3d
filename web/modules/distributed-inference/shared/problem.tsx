import { Alert, Stack, Text } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { HearthError } from '#protocol/core/errors.ts'
import { matches, Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import { LayersSchema } from '#protocol/distributed-inference/schemas.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { messages } from './messages.ts'
import { useLayers } from './use-layers.ts'

const UncoveredSchema = Strict({ uncovered: Type.Array(LayersSchema) })

/** Layers that nobody has, where a failure names them (DLM-2). */
function uncoveredIn({ code, data }: HearthError) {
  return code === 'shard_unavailable' && matches(UncoveredSchema, data) ? data.uncovered : []
}

interface ProblemProps {
  readonly error: HearthError
  readonly onRetry?: (() => void) | undefined
  readonly action?: ReactNode
}

/** Whether a model was refused before it was loaded, for want of memory (DLM-8); being busy has the same code. */
const isTooLarge = ({ code, data }: HearthError): boolean =>
  code === 'capacity_exceeded' && typeof data === 'object' && data !== null && 'budget_bytes' in data

/** A failure in words; missing layers are no failure but something that somebody can offer. */
export function Problem({ error, onRetry, action = null }: ProblemProps) {
  const text = useText(messages)
  const layers = useLayers()
  const uncovered = uncoveredIn(error)
  if (isTooLarge(error)) {
    return (
      <Alert icon={<IconInfoCircle aria-hidden />} role="status">
        <Stack gap="xs" align="flex-start">
          <Text>{text.tooLarge}</Text>
          {action}
        </Stack>
      </Alert>
    )
  }
  if (uncovered.length === 0) {
    return (
      <Stack gap="sm" align="flex-start">
        {/* what computes is here as well as elsewhere: nobody may be missing */}
        <ErrorNotice error={error} words={error.code === 'partition' ? text.cutOff : undefined} onRetry={onRetry} />
        {action}
      </Stack>
    )
  }
  return (
    <Alert icon={<IconInfoCircle aria-hidden />} role="status">
      <Stack gap="xs" align="flex-start">
        <Text>{text.uncovered(uncovered.map((run) => layers(run)).join(', '))}</Text>
        {action}
      </Stack>
    </Alert>
  )
}
