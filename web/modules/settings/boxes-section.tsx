import { Button, Group, List, Stack, Text, TextInput } from '@mantine/core'
import { IconServer } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { configGet, configSet } from '#protocol/config/capabilities.ts'
import { nodePeers } from '#protocol/node/capabilities.ts'
import { BidiText } from '../../kit/bidi-text.tsx'
import { Empty } from '../../kit/empty.tsx'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Section } from '../../kit/section.tsx'
import { type Status, StatusDot } from '../../kit/status-dot.tsx'
import { useCall, useQuery } from '../../port/hooks.ts'
import type { Mesh } from '../../shell/network-state.ts'
import { addressTrouble } from './box-address.ts'
import classes from './boxes-section.module.css'
import { messages } from './messages.ts'

type Box = Mesh['boxes'][number]

const STATUS: Readonly<Record<Box['state'], Status>> = { connected: 'good', connecting: 'busy', unreachable: 'bad' }

function BoxRow({ box, onRemove }: { readonly box: Box; readonly onRemove: (() => void) | null }) {
  const text = useText(messages).boxes
  const format = useFormat()
  return (
    <Group justify="space-between" gap="xs">
      <Stack gap={0} className={classes.words}>
        <Text ff="monospace" size="sm" className={classes.address}>
          <BidiText>{box.multiaddr}</BidiText>
        </Text>
        <Text size="sm" component="div">
          <StatusDot status={STATUS[box.state]}>{text.since(text.states[box.state], format.relative(box.since))}</StatusDot>
        </Text>
      </Stack>
      {onRemove ? (
        <Button variant="default" onClick={onRemove} aria-label={text.removeOf(box.multiaddr)}>
          {text.remove}
        </Button>
      ) : (
        <Text size="sm" c="dimmed">
          {text.own}
        </Text>
      )}
    </Group>
  )
}

function AddBox({ listed, onAdd }: { readonly listed: readonly string[]; readonly onAdd: (address: string) => void }) {
  const text = useText(messages).boxes
  const [address, setAddress] = useState('')
  const [trouble, setTrouble] = useState<ReturnType<typeof addressTrouble>>(null)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const found = addressTrouble(address.trim(), listed)
    setTrouble(found)
    if (found) return
    onAdd(address.trim())
    setAddress('')
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" align="flex-start">
        <TextInput
          label={text.add}
          description={text.addHint}
          error={trouble ? text[trouble] : null}
          value={address}
          autoCapitalize="off"
          autoComplete="off"
          spellCheck={false}
          w="100%"
          onChange={(event) => {
            setAddress(event.currentTarget.value)
            setTrouble(null)
          }}
        />
        <Button type="submit" variant="default">
          {text.addAction}
        </Button>
      </Stack>
    </form>
  )
}

/** The boxes this device keeps in touch with: those of the person's own list, and the one that served the app. */
export function BoxesSection() {
  const text = useText(messages).boxes
  const mesh = useQuery(nodePeers, {})
  const config = useQuery(configGet, {})
  const change = useCall(configSet)
  const listed = config.status === 'ready' ? config.data.mesh.relays : []
  const setListed = (relays: string[]) => change.run({ mesh: { relays } })

  return (
    <Section title={text.title} intro={text.intro}>
      <QueryView query={mesh} isEmpty={({ boxes }) => boxes.length === 0} empty={<Empty icon={IconServer}>{text.none}</Empty>}>
        {({ boxes }) => (
          <List listStyleType="none" spacing="md" styles={{ itemWrapper: { width: '100%' }, itemLabel: { width: '100%' } }}>
            {boxes.map((box) => (
              <List.Item key={box.multiaddr}>
                <BoxRow
                  box={box}
                  onRemove={
                    listed.includes(box.multiaddr)
                      ? () => setListed(listed.filter((address) => address !== box.multiaddr))
                      : null
                  }
                />
              </List.Item>
            ))}
          </List>
        )}
      </QueryView>
      <AddBox listed={listed} onAdd={(address) => setListed([...listed, address])} />
      {change.error ? <ErrorNotice error={change.error} /> : null}
    </Section>
  )
}
