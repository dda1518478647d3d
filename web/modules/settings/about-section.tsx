import { Stack } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { PROTOCOL_VERSION } from '#protocol/core/version.ts'
import { useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { useSession } from '../../shell/session.tsx'
import classes from './about-section.module.css'
import { messages } from './messages.ts'
import { WayLink } from './way-link.tsx'

export function AboutSection() {
  const text = useText(messages).about
  const { node, modulesOn } = useSession()
  const facts = [
    [text.version, node.version],
    [text.protocol, PROTOCOL_VERSION],
    [text.licence, text.licenceText],
  ] as const
  return (
    <Section title={text.title}>
      <Stack gap="md">
        <dl className={classes.facts}>
          {facts.map(([term, fact]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{fact}</dd>
            </div>
          ))}
        </dl>
        {node.identity && modulesOn.has('protocol') ? (
          <WayLink href="/about" icon={IconInfoCircle}>
            {text.more}
          </WayLink>
        ) : null}
      </Stack>
    </Section>
  )
}
