import { Stack, Text } from '@mantine/core'
import { IconPackage } from '@tabler/icons-react'
import { modelList } from '#protocol/distributed-inference/model-capabilities.ts'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { useQuery } from '../../port/hooks.ts'
import { useSession } from '../../shell/session.tsx'
import { messages } from './messages.ts'
import { WayLink } from './way-link.tsx'

/** How much room models take, as soon as it is known: the way to them does not wait for it. */
function Held() {
  const text = useText(messages).models
  const format = useFormat()
  const query = useQuery(modelList, {})
  if (query.status !== 'ready') return null
  const held = query.data.models.filter(({ held_bytes }) => held_bytes > 0)
  const bytes = held.reduce((sum, { held_bytes }) => sum + held_bytes, 0)
  return <Text>{held.length === 0 ? text.none : text.held(held.length, format.bytes(bytes))}</Text>
}

/** The way to the catalogue of models; nothing where nobody could go it. */
export function ModelsSection() {
  const text = useText(messages).models
  const { community, modulesOn } = useSession()
  if (!community || !modulesOn.has('distributed_llm')) return null
  return (
    <Section title={text.title} intro={text.intro}>
      <Stack gap="sm" align="flex-start">
        <Held />
        <WayLink href="/ask/models" icon={IconPackage}>
          {text.more}
        </WayLink>
      </Stack>
    </Section>
  )
}
