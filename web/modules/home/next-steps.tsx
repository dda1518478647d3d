import { Button, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { useSession } from '../../shell/session.tsx'
import { CLAIM_FORM } from '../../shell/share-target.ts'
import { messages } from './messages.ts'
import classes from './next-steps.module.css'
import { useAlone } from './use-alone.ts'

interface StepProps {
  readonly title: string
  readonly text: string
  readonly action: string
  readonly to: string
  readonly first?: boolean
}

function Step({ title, text, action, to, first = false }: StepProps): ReactNode {
  return (
    <Stack gap="xs" justify="space-between" className={classes.step}>
      <div>
        <Title order={3} size="h4">
          {title}
        </Title>
        <Text size="sm" c="dimmed">
          {text}
        </Text>
      </div>
      <Group>
        <Button component={Link} href={to} variant={first ? 'filled' : 'default'}>
          {action}
        </Button>
      </Group>
    </Stack>
  )
}

/** The most useful thing first: somebody else, then something to say, then not losing oneself. */
export function NextSteps() {
  const text = useText(messages).next
  const { node, modulesOn } = useSession()
  const alone = useAlone()
  return (
    <Section title={text.title}>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        <Step
          title={text.invite.title}
          text={alone ? text.invite.alone : text.invite.more}
          action={text.invite.action}
          to="/invite"
          first={alone || !modulesOn.has('evidence')}
        />
        {modulesOn.has('evidence') ? (
          <Step title={text.claim.title} text={text.claim.text} action={text.claim.action} to={CLAIM_FORM} first={!alone} />
        ) : (
          <Step title={text.evidence.title} text={text.evidence.text} action={text.evidence.action} to="/settings" />
        )}
        {modulesOn.has('distributed_llm') ? (
          <Step title={text.ask.title} text={text.ask.text} action={text.ask.action} to="/ask" />
        ) : null}
        {node.identity?.recovery === 'pending' ? (
          <Step title={text.recovery.title} text={text.recovery.text} action={text.recovery.action} to="/settings" />
        ) : null}
      </SimpleGrid>
    </Section>
  )
}
