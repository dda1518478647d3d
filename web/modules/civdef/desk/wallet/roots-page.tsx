import { Button, Stack, Text, TextInput } from '@mantine/core'
import { IconShieldCheck, IconShieldQuestion } from '@tabler/icons-react'
import { useState } from 'react'
import { type Place, rootList, rootSet } from '#protocol/civdef/place-capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { matches, NodeIdSchema } from '#protocol/core/schema.ts'
import { BidiText } from '../../../../kit/bidi-text.tsx'
import { ConfirmButton } from '../../../../kit/confirm-button.tsx'
import { CopyField } from '../../../../kit/copy-field.tsx'
import { Empty } from '../../../../kit/empty.tsx'
import { ErrorNotice } from '../../../../kit/error-notice.tsx'
import { useText } from '../../../../kit/i18n.tsx'
import { Section } from '../../../../kit/section.tsx'
import { useCall, useQuery } from '../../../../port/hooks.ts'
import classes from '../desk.module.css'
import { WALLET } from '../paths.ts'
import { Choice } from '../shared/choice.tsx'
import { DeskFrame } from '../shared/desk-frame.tsx'
import { messages as shared } from '../shared/messages.ts'
import { useMe, usePeople } from '../shared/people.ts'
import { PlaceField } from '../shared/place-field.tsx'
import { RegionName } from '../shared/region-name.tsx'
import { messages } from './messages.ts'

type Root = Output<typeof rootList>['roots'][number]

function RootItem({ root, isAnchor }: { readonly root: Root; readonly isAnchor: boolean }) {
  const text = useText(messages).roots
  const words = useText(shared)
  const me = useMe()
  const set = useCall(rootSet)
  return (
    <li className={classes.card}>
      <Text fw={700} size="lg">
        <BidiText>{root.name}</BidiText>
      </Text>
      <Text>
        <RegionName region={root.region} /> · {text.from[root.from]}
        {root.root === me ? ` · ${words.me}` : ''}
      </Text>
      <Text fw={700} ff="monospace" mb="sm">
        {root.fingerprint}
      </Text>
      {isAnchor && root.from === 'community' ? (
        <ConfirmButton
          label={text.remove}
          title={text.removeTitle}
          busy={set.busy}
          error={set.error}
          onConfirm={() => set.run({ root: root.root, name: null, region: root.region })}
        >
          {text.removeBody}
        </ConfirmButton>
      ) : null}
    </li>
  )
}

function AddRoot({ me }: { readonly me: NodeId }) {
  const all = useText(messages)
  const text = all.roots
  const set = useCall(rootSet)
  const [who, setWho] = useState<'this' | 'other'>('this')
  const [id, setId] = useState('')
  const [name, setName] = useState('')
  const [place, setPlace] = useState<Place | null>(null)
  const [shown, setShown] = useState(false)
  const [isDone, setDone] = useState(false)
  const root: unknown = who === 'this' ? me : id.trim()
  const title = name.normalize('NFC').replace(/\s+/g, ' ').trim()

  const send = async () => {
    setShown(true)
    setDone(false)
    if (!matches(NodeIdSchema, root) || title === '' || !place) return
    if (!(await set.run({ root, name: title, region: place.region }))) return
    setShown(false)
    setDone(true)
    setName('')
    setId('')
  }
  return (
    <Section title={text.add} intro={text.addIntro}>
      <Stack gap="md">
        <Choice
          legend={text.who}
          value={who}
          onChange={setWho}
          options={[
            { value: 'this', name: text.this },
            { value: 'other', name: text.other },
          ]}
          pairs
        />
        {who === 'other' ? (
          <TextInput
            label={text.id}
            value={id}
            onChange={(event) => setId(event.currentTarget.value)}
            error={shown && !matches(NodeIdSchema, root) ? text.idWrong : null}
            autoComplete="off"
            spellCheck={false}
            classNames={{ input: classes.input }}
          />
        ) : (
          <CopyField label={text.id} value={me} oneLine />
        )}
        <TextInput
          label={text.name}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={shown && title === '' ? text.nameMissing : null}
          maxLength={80}
          autoComplete="off"
          classNames={{ input: classes.input }}
        />
        <PlaceField
          label={text.region}
          note={all.ceremony.placeNote}
          levelLabel={all.ceremony.level}
          value={place}
          onChange={setPlace}
        />
        {set.error ? <ErrorNotice error={set.error} /> : null}
        <Button
          className={classes.big}
          leftSection={<IconShieldCheck size={24} aria-hidden />}
          disabled={!place}
          loading={set.busy}
          onClick={send}
        >
          {text.set}
        </Button>
        <Text role="status" fw={600}>
          {isDone ? text.done : null}
        </Text>
      </Stack>
    </Section>
  )
}

/** Where every chain has to end: by name and fingerprint; anchors name them for everybody (CIV-1). */
export function RootsPage() {
  const text = useText(messages).roots
  const me = useMe()
  const { isAnchor } = usePeople()
  const query = useQuery(rootList, {})
  return (
    <DeskFrame title={text.title} intro={text.intro} back={WALLET} query={query}>
      {({ roots }) => (
        <Stack gap="lg">
          {roots.length === 0 ? <Empty icon={IconShieldQuestion}>{text.none}</Empty> : null}
          <ul className={classes.list} aria-label={text.title}>
            {roots.map((root) => (
              <RootItem key={`${root.root} ${root.from}`} root={root} isAnchor={isAnchor} />
            ))}
          </ul>
          {isAnchor && me !== null ? <AddRoot me={me} /> : <Text c="dimmed">{text.notAnchor}</Text>}
        </Stack>
      )}
    </DeskFrame>
  )
}
