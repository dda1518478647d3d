import { Text } from '@mantine/core'
import type { NodeId } from '#protocol/core/ids.ts'
import { plural, useLanguage, useText } from '../../kit/i18n.tsx'
import { messages } from './messages.ts'
import { type Community, type Pending, signaturesNeeded } from './standing.ts'

export interface SignaturesNeededProps {
  readonly community: Community
  readonly kind: Pending['kind']
  readonly subject: NodeId
}

/** How many must sign before it happens (COM-4). */
export function SignaturesNeeded({ community, kind, subject }: SignaturesNeededProps) {
  const text = useText(messages).signatures
  const { language } = useLanguage()
  const needed = signaturesNeeded(community, kind, subject)
  return (
    <Text fw={600} mt="xs">
      {needed === 1 ? text.alone : plural(language, needed, text.needed)}
    </Text>
  )
}
