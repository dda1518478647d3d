import { Button, Group, Text } from '@mantine/core'
import { useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { useNodePhase } from '../../port/provider.tsx'
import { messages } from './messages.ts'

/** In which tab the node runs, and how to bring it here. */
export function TabsSection() {
  const text = useText(messages).tabs
  const { role, takeOver } = useNodePhase()
  return (
    <Section title={text.title}>
      <Text>{text[role]}</Text>
      {role === 'follower' ? (
        <Group>
          <Button variant="default" onClick={takeOver}>
            {text.takeOver}
          </Button>
        </Group>
      ) : null}
    </Section>
  )
}
