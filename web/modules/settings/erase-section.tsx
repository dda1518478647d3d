import { Group } from '@mantine/core'
import { nodeErase } from '#protocol/node/capabilities.ts'
import { ConfirmButton } from '../../kit/confirm-button.tsx'
import { useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { useCall } from '../../port/hooks.ts'
import { messages } from './messages.ts'

/** The app starts anew after this: nothing it holds in memory may outlive what was erased. */
const startAnew = () => location.assign(location.pathname)

export function EraseSection() {
  const text = useText(messages).erase
  const erase = useCall(nodeErase)
  const run = async () => {
    const erased = await erase.run({ confirm: 'erase' })
    if (erased) startAnew()
    return erased
  }
  return (
    <Section title={text.title} intro={text.intro}>
      <Group>
        <ConfirmButton
          label={text.action}
          title={text.question}
          typed={text.word}
          onConfirm={run}
          busy={erase.busy}
          error={erase.error}
        >
          {text.body}
        </ConfirmButton>
      </Group>
    </Section>
  )
}
