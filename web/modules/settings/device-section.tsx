import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { communityRename } from '#protocol/community/capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import { displayNodeId } from '#protocol/core/ids.ts'
import type { nodeStatus } from '#protocol/node/capabilities.ts'
import { CopyField } from '../../kit/copy-field.tsx'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { useCall } from '../../port/hooks.ts'
import { useSession } from '../../shell/session.tsx'
import { messages } from './messages.ts'

export type Identity = NonNullable<Output<typeof nodeStatus>['identity']>

/** Longest name the contract takes (NameSchema). */
const NAME_MAX = 64

function Rename({ current }: { readonly current: string }) {
  const text = useText(messages).device
  const { community } = useSession()
  const rename = useCall(communityRename)
  const [name, setName] = useState(current)
  const [saved, setSaved] = useState(false)
  const wanted = name.trim()

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (wanted === '' || wanted === current) return
    setSaved((await rename.run({ display_name: wanted })) !== undefined)
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Group align="flex-end" gap="sm">
          <TextInput
            label={text.name}
            value={name}
            maxLength={NAME_MAX}
            disabled={!community}
            flex="1 1 12rem"
            onChange={(event) => {
              setName(event.currentTarget.value)
              setSaved(false)
            }}
          />
          <Button type="submit" variant="default" loading={rename.busy} disabled={wanted === '' || wanted === current}>
            {text.rename}
          </Button>
        </Group>
        <Text size="sm" c="dimmed" role="status">
          {community ? (saved ? text.renamed : null) : text.renameLater}
        </Text>
        {rename.error ? <ErrorNotice error={rename.error} /> : null}
      </Stack>
    </form>
  )
}

export function DeviceSection({ identity }: { readonly identity: Identity }) {
  const text = useText(messages).device
  const format = useFormat()
  return (
    <Section title={text.title} intro={text.since(format.date(identity.created_at))}>
      <Rename key={identity.display_name} current={identity.display_name} />
      <div>
        <Text size="sm" fw={600}>
          {text.shortId}
        </Text>
        <Text ff="monospace" size="xl">
          {displayNodeId(identity.node_id)}
        </Text>
        <Text size="sm" c="dimmed">
          {text.shortIdHint}
        </Text>
      </div>
      <CopyField label={text.fullId} value={identity.node_id} oneLine />
    </Section>
  )
}
