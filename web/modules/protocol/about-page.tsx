import { Stack } from '@mantine/core'
import { IconListCheck, IconPackages } from '@tabler/icons-react'
import { Link } from 'wouter'
import type { Output } from '#protocol/core/capability.ts'
import { displayNodeId } from '#protocol/core/ids.ts'
import { selfDescribe, versionList } from '#protocol/protocol/capabilities.ts'
import { useText } from '../../kit/i18n.tsx'
import { Page } from '../../kit/page.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Section } from '../../kit/section.tsx'
import { useQuery } from '../../port/hooks.ts'
import { CapabilityModules } from './capability-modules.tsx'
import { Facts } from './facts.tsx'
import { messages } from './messages.ts'
import { CONFORMANCE, IMPLEMENTATIONS } from './paths.ts'
import classes from './protocol.module.css'

function Doors() {
  const text = useText(messages).about
  return (
    <nav aria-label={text.doors} className={classes.doors}>
      <Link href={CONFORMANCE} className={classes.door}>
        <IconListCheck size={20} aria-hidden />
        {text.toConformance}
      </Link>
      <Link href={IMPLEMENTATIONS} className={classes.door}>
        <IconPackages size={20} aria-hidden />
        {text.toImplementations}
      </Link>
    </nav>
  )
}

function Said({ descriptor }: { readonly descriptor: Output<typeof selfDescribe> }) {
  const text = useText(messages).about
  const versions = useQuery(versionList, {})
  const passed = versions.status === 'ready' ? versions.data.suite_versions_passed : []
  const { name, vendor, version, protocol_versions, node_id } = descriptor
  return (
    <Facts
      facts={[
        [text.program, text.programOf(name, vendor, version)],
        [text.protocol, protocol_versions.join(', ')],
        [text.tested, passed.length > 0 ? text.passed(passed.join(', ')) : text.notPassed],
        [
          text.id,
          <span key="id" className={classes.code}>
            {displayNodeId(node_id)}
          </span>,
        ],
      ]}
    />
  )
}

/** About this node: what it is, which versions it speaks, what of the index it can do (M32). */
export function AboutPage() {
  const text = useText(messages).about
  const query = useQuery(selfDescribe, {})
  return (
    <Page title={text.title} intro={text.intro} back="/settings">
      <QueryView query={query} rows={8}>
        {(descriptor) => (
          <Stack gap="lg">
            <Section title={text.facts}>
              <Said descriptor={descriptor} />
              <Doors />
            </Section>
            <Section title={text.capabilities} intro={text.capabilitiesIntro}>
              <CapabilityModules capabilities={descriptor.capabilities} />
            </Section>
          </Stack>
        )}
      </QueryView>
    </Page>
  )
}
