import { Button, Group, Radio, Stack, Text } from '@mantine/core'
import { IconUsb } from '@tabler/icons-react'
import { useState } from 'react'
import type { Output } from '#protocol/core/capability.ts'
import { stickAttach, stickList } from '#protocol/lora/capabilities.ts'
import { ADAPTER_IDS, type AdapterId } from '#protocol/lora/records.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { FocusHeld } from '../../../kit/focus-held.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { useCall, useQuery } from '../../../port/hooks.ts'
import classes from '../lora.module.css'
import { type Asked, askForPort, canAskForPort } from '../serial-port.ts'
import { messages } from './messages.ts'

type Sticks = Output<typeof stickList>
type Port = Sticks['ports'][number]

interface KindsProps {
  readonly kind: AdapterId
  readonly onKind: (kind: AdapterId) => void
}

const isAdapter = (value: string): value is AdapterId => ADAPTER_IDS.some((id) => id === value)

function Kinds({ kind, onKind }: KindsProps) {
  const text = useText(messages).pick
  return (
    <Radio.Group
      label={text.kind}
      description={text.kindHint}
      value={kind}
      onChange={(value) => {
        if (isAdapter(value)) onKind(value)
      }}
    >
      <Stack gap="xs" mt="xs">
        {ADAPTER_IDS.map((id) => (
          <Radio
            key={id}
            value={id}
            label={text.kinds[id].name}
            description={text.kinds[id].text}
            classNames={{ body: classes.kind, labelWrapper: classes.kindLabel }}
          />
        ))}
      </Stack>
    </Radio.Group>
  )
}

interface PortsProps {
  readonly sticks: Sticks
  readonly busy: boolean
  readonly onPort: (port: Port) => void
}

function Ports({ sticks, busy, onPort }: PortsProps) {
  const text = useText(messages).pick
  const format = useFormat()
  if (sticks.ports.length === 0) return null
  return (
    <Stack gap="xs">
      <Text fw={600}>{text.known}</Text>
      <ul className={classes.list} aria-label={text.known}>
        {sticks.ports.map((port, at) => (
          <li key={port.port_id} className={classes.port}>
            <Text span>
              {text.port(format.number(at + 1))}
              {port.likely === null ? null : `, ${text.likely(text.kinds[port.likely].name)}`}
            </Text>
            {sticks.attached?.port_id === port.port_id ? (
              <Text span c="dimmed">
                {text.inUse}
              </Text>
            ) : (
              <Button variant="default" onClick={() => onPort(port)} loading={busy}>
                {text.use}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Stack>
  )
}

/** Which stick, in two steps: its kind, and the one that is plugged in. */
export function PickSection() {
  const text = useText(messages).pick
  const known = useQuery(stickList, {})
  const again = useCall(stickList)
  const attach = useCall(stickAttach)
  const [kind, setKind] = useState<AdapterId>('meshtastic')
  const [fresh, setFresh] = useState<Sticks | null>(null)
  const [asked, setAsked] = useState<Asked | null>(null)
  const sticks = known.status === 'ready' ? (fresh ?? known.data) : null

  const use = (port: Port) => attach.run({ adapter: kind, port_id: port.port_id, simulated: false })
  const ask = async () => {
    const before = new Set(sticks?.ports.map(({ port_id }) => port_id))
    const outcome = await askForPort()
    setAsked(outcome)
    if (outcome !== 'chosen') return
    const now = await again.run({})
    if (!now) return
    setFresh(now)
    // what was not there before is what was chosen; of several known ones the person picks below
    const added = now.ports.filter(({ port_id }) => !before.has(port_id))
    const only = added.length === 1 ? added[0] : now.ports.length === 1 ? now.ports[0] : undefined
    if (only) await use(only)
  }

  return (
    <Section title={text.title}>
      {canAskForPort() ? (
        <Stack gap="lg">
          <Kinds kind={kind} onKind={setKind} />
          <Stack gap="xs" align="flex-start">
            <Text fw={600}>{text.plug}</Text>
            <Text size="sm" c="dimmed">
              {text.plugHint}
            </Text>
            <Group gap="sm">
              <Button leftSection={<IconUsb size={20} aria-hidden />} onClick={ask} loading={attach.busy || again.busy}>
                {text.ask}
              </Button>
            </Group>
            <Text size="sm" role="status">
              {asked === 'nothing' ? text.nothing : null}
            </Text>
          </Stack>
          {sticks ? <Ports sticks={sticks} busy={attach.busy} onPort={use} /> : null}
        </Stack>
      ) : (
        <Text>{text.none}</Text>
      )}
      <FocusHeld shows={known.status}>
        {known.status === 'failed' ? <ErrorNotice error={known.error} onRetry={known.retry} /> : null}
      </FocusHeld>
      {attach.error ? <ErrorNotice error={attach.error} /> : null}
    </Section>
  )
}
