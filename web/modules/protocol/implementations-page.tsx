import { Button, Group, Stack, Text } from '@mantine/core'
import { IconPackages, IconSpeakerphone } from '@tabler/icons-react'
import { useState } from 'react'
import { registryAnnounce, registryList } from '#protocol/protocol/capabilities.ts'
import { PROTOCOL_REGISTRY_PAGE } from '#protocol/protocol/constants.ts'
import { BidiText } from '../../kit/bidi-text.tsx'
import { Empty } from '../../kit/empty.tsx'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { Page } from '../../kit/page.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Section } from '../../kit/section.tsx'
import { StatusDot } from '../../kit/status-dot.tsx'
import { useCall, useQuery } from '../../port/hooks.ts'
import { useSession } from '../../shell/session.tsx'
import { type Implementation, implementationsOf } from './implementation-groups.ts'
import { messages } from './messages.ts'
import { ABOUT } from './paths.ts'
import classes from './protocol.module.css'

/** Lines of the list at a time; a registry can hold four thousand. */
const SHOWN = 50

function ImplementationItem({ implementation }: { readonly implementation: Implementation }) {
  const text = useText(messages).implementations
  const format = useFormat()
  const { newest, devices, vouched, ran } = implementation
  const { name, vendor, version, protocol_versions, negotiated, homepage } = newest
  return (
    <li>
      <Text fw={600} component="h3">
        <BidiText>{name}</BidiText>
      </Text>
      <Text size="sm" c="dimmed">
        <BidiText>{text.by(vendor)}</BidiText>, <BidiText>{text.version(version)}</BidiText>,{' '}
        {text.speaks(protocol_versions.join(', '))}, {text.devices(devices)}
      </Text>
      <Group gap="lg" mt={4} style={{ rowGap: 0 }}>
        <StatusDot status={negotiated === null ? 'idle' : 'good'}>
          {negotiated === null ? text.incompatible : text.compatible(negotiated)}
        </StatusDot>
        {ran ? (
          <StatusDot status={ran.overall === 'pass' ? 'good' : ran.overall === 'fail' ? 'bad' : 'busy'}>
            {text.when(text.outcomes[ran.overall], format.date(ran.ended_at))}
          </StatusDot>
        ) : null}
      </Group>
      {homepage ? (
        <Text size="sm" className={classes.code}>
          <BidiText>{homepage}</BidiText>
        </Text>
      ) : null}
      {vouched ? null : (
        <Text size="sm" c="dimmed">
          {text.fromPeer}
        </Text>
      )}
    </li>
  )
}

function Announce() {
  const text = useText(messages).implementations
  const announce = useCall(registryAnnounce)
  const [told, setTold] = useState(false)
  const tell = async () => {
    const answer = await announce.run({})
    if (answer) setTold(true)
  }
  return (
    <Stack gap="xs">
      <Group>
        <Button
          onClick={tell}
          loading={announce.busy}
          variant="default"
          leftSection={<IconSpeakerphone size={20} aria-hidden />}
          h="auto"
          py="xs"
          styles={{ label: { whiteSpace: 'normal' } }}
        >
          {text.announce}
        </Button>
      </Group>
      <Text size="sm" role="status">
        {told && !announce.error ? text.announced : ''}
      </Text>
      {announce.error ? <ErrorNotice error={announce.error} /> : null}
    </Stack>
  )
}

/** The registry as people read it: programs, and how sure it is what they are (PRO-7). */
export function ImplementationsPage() {
  const text = useText(messages).implementations
  const { community } = useSession()
  const [shown, setShown] = useState(SHOWN)
  const query = useQuery(registryList, { limit: PROTOCOL_REGISTRY_PAGE })
  return (
    <Page title={text.title} intro={text.intro} back={ABOUT}>
      <Section title={text.list}>
        <QueryView query={query} isEmpty={({ total }) => total === 0} empty={<Empty icon={IconPackages}>{text.none}</Empty>}>
          {({ entries }) => {
            const all = implementationsOf(entries)
            return (
              <>
                <ul className={classes.list} aria-label={text.list}>
                  {all.slice(0, shown).map((implementation) => (
                    <ImplementationItem key={implementation.key} implementation={implementation} />
                  ))}
                </ul>
                {all.length > shown ? (
                  <Button variant="default" onClick={() => setShown(shown + SHOWN)}>
                    {text.more}
                  </Button>
                ) : null}
              </>
            )
          }}
        </QueryView>
        {community ? <Announce /> : null}
      </Section>
    </Page>
  )
}
