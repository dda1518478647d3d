import { Text } from '@mantine/core'
import { DISTRIBUTED_LLM_DEMONSTRATION_MODEL } from '#protocol/distributed-inference/constants.ts'
import { useText } from '../../../kit/i18n.tsx'
import { messages } from './messages.ts'

export const isDemonstration = (model: string): boolean => model === DISTRIBUTED_LLM_DEMONSTRATION_MODEL

/** What a model is called on the screen. */
export function useModelName(): (model: string) => string {
  const text = useText(messages).model
  return (model) => (isDemonstration(model) ? text.demonstration : model)
}

/** What a person must know of the model that comes with the app; nothing for others. */
export function ModelHint({ model }: { readonly model: string }) {
  const text = useText(messages).model
  if (!isDemonstration(model)) return null
  return (
    <Text size="sm" c="dimmed">
      {text.demonstrationHint}
    </Text>
  )
}
