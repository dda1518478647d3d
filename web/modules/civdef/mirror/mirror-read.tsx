import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import { capImport } from '#protocol/civdef/exchange-capabilities.ts'
import type { Mirror } from '#protocol/civdef/mirror.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { useCall } from '../../../port/hooks.ts'
import { ALERTS } from '../paths.ts'
import type { MirrorFormat } from './document.ts'
import { messages } from './messages.ts'
import { MirrorPreview } from './mirror-preview.tsx'

export interface Mirrored {
  /** As it was read. */
  readonly text: string
  readonly format: MirrorFormat
  readonly mirrors: readonly Mirror[]
}

/** Official warnings of one document before anybody else sees them, and the step that brings them in (CIV-15). */
export function MirrorRead({ mirrored: { text: document, format, mirrors } }: { readonly mirrored: Mirrored }) {
  const text = useText(messages)
  const keep = useCall(capImport)
  const [kept, setKept] = useState<number | null>(null)
  const take = async () => setKept((await keep.run({ format, text: document, keep: true }))?.kept ?? null)
  return (
    <Section title={text.preview} intro={mirrors.length === 0 ? null : text.previewIntro(mirrors.length)}>
      <Stack gap="md">
        {mirrors.length === 0 ? <Text>{text.nothing}</Text> : <Text fw={600}>{text.check}</Text>}
        {mirrors.map((mirror) => (
          <MirrorPreview key={mirror.correlation_id} mirror={mirror} />
        ))}
        {mirrors.length > 0 && kept === null ? (
          <Group>
            <Button onClick={take} loading={keep.busy}>
              {text.keep}
            </Button>
          </Group>
        ) : null}
        <Text role="status" fw={600}>
          {kept === null ? null : kept === 0 ? text.keptNone : text.kept(kept)}
        </Text>
        {kept === null ? null : (
          <Group>
            <Button component={Link} href={ALERTS} variant="default">
              {text.toList}
            </Button>
          </Group>
        )}
        {keep.error ? <ErrorNotice error={keep.error} /> : null}
      </Stack>
    </Section>
  )
}
