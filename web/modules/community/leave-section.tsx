import { Group, Text } from '@mantine/core'
import { useLocation } from 'wouter'
import { communityLeave } from '#protocol/community/capabilities.ts'
import { ConfirmButton } from '../../kit/confirm-button.tsx'
import { useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { useCall } from '../../port/hooks.ts'
import { messages } from './messages.ts'
import type { Community } from './standing.ts'

/** Leaving, deliberately: a dialog that says what is lost, and a word to type. */
export function LeaveSection({ community, isRoot }: { readonly community: Community; readonly isRoot: boolean }) {
  const text = useText(messages).leave
  const [, navigate] = useLocation()
  const leave = useCall(communityLeave)
  const go = async () => {
    const left = await leave.run({})
    if (left) navigate('/start')
    return left
  }
  if (isRoot) {
    return (
      <Section title={text.title}>
        <Text>{text.root}</Text>
      </Section>
    )
  }
  return (
    <Section title={text.title} intro={text.intro}>
      <Group>
        <ConfirmButton
          label={text.button}
          title={text.dialog(community.name)}
          typed={text.word}
          busy={leave.busy}
          error={leave.error}
          onConfirm={go}
        >
          {text.body}
        </ConfirmButton>
      </Group>
    </Section>
  )
}
