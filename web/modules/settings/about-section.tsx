import { Stack, Table, Text } from '@mantine/core'
import type { Output } from '#protocol/core/capability.ts'
import { PROTOCOL_VERSION } from '#protocol/core/version.ts'
import { selfDescribe } from '#protocol/protocol/capabilities.ts'
import { useText } from '../../kit/i18n.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Section } from '../../kit/section.tsx'
import { type Status, StatusDot } from '../../kit/status-dot.tsx'
import { useQuery } from '../../port/hooks.ts'
import { useSession } from '../../shell/session.tsx'
import classes from './about-section.module.css'
import { messages } from './messages.ts'

type Described = Output<typeof selfDescribe>['capabilities'][number]

const STATUS: Readonly<Record<Described['state'], Status>> = {
  stable: 'good',
  provisional: 'good',
  experimental: 'good',
  disabled: 'idle',
  not_built: 'idle',
}

function CapabilityTable({ capabilities }: { readonly capabilities: readonly Described[] }) {
  const text = useText(messages).about
  return (
    <details>
      <summary className={classes.summary}>{text.capabilities(capabilities.length)}</summary>
      <Table layout="fixed" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{text.name}</Table.Th>
            <Table.Th w="11rem">{text.state}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {capabilities.map(({ name, version, state }) => (
            <Table.Tr key={name}>
              <Table.Td className={classes.name}>
                {name}
                {version ? <Text span c="dimmed" size="sm">{` ${version}`}</Text> : null}
              </Table.Td>
              <Table.Td>
                <StatusDot status={STATUS[state]}>{text.states[state]}</StatusDot>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </details>
  )
}

function Capabilities() {
  const query = useQuery(selfDescribe, {})
  return <QueryView query={query}>{({ capabilities }) => <CapabilityTable capabilities={capabilities} />}</QueryView>
}

export function AboutSection() {
  const text = useText(messages).about
  const { node } = useSession()
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
        {node.identity ? <Capabilities /> : null}
      </Stack>
    </Section>
  )
}
