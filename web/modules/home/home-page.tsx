import { Text } from '@mantine/core'
import { useText } from '../../kit/i18n.tsx'
import { Page } from '../../kit/page.tsx'
import { Section } from '../../kit/section.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { useSession } from '../../shell/session.tsx'
import { LatestClaims } from './latest-claims.tsx'
import { messages } from './messages.ts'
import { NextSteps } from './next-steps.tsx'
import { useAlone } from './use-alone.ts'
import { WhoIsHere } from './who-is-here.tsx'

export function HomePage() {
  const text = useText(messages)
  const { node, communityName, modulesOn } = useSession()
  const isAlone = useAlone()
  return (
    <Page
      title={node.identity ? text.hello(visibleText(node.identity.display_name)) : text.title}
      intro={communityName ? text.intro(visibleText(communityName)) : undefined}
    >
      {/* who has nobody yet needs no empty list first */}
      {isAlone ? <NextSteps /> : null}
      <WhoIsHere />
      {isAlone ? null : <NextSteps />}
      {modulesOn.has('evidence') ? <LatestClaims /> : null}
      <Section title={text.about.title}>
        <Text>{text.about.text}</Text>
      </Section>
    </Page>
  )
}
