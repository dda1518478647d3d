import { Button, Group, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { Link } from 'wouter'
import type { Input } from '#protocol/core/capability.ts'
import { EXPORT_FORMATS, proofExport } from '#protocol/evidence/desk-capabilities.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { saveFile } from '../../../kit/save-file.ts'
import { Section } from '../../../kit/section.tsx'
import { useCall } from '../../../port/hooks.ts'
import classes from '../evidence.module.css'
import { CHECK } from '../paths.ts'
import { messages } from './messages.ts'

type Of = Input<typeof proofExport>['of']

/** One file that proves a claim, or all that is said of a subject, to whoever has no network and trusts nobody. */
export function TakeAway({ of }: { readonly of: Of }) {
  const text = useText(messages)
  const take = useCall(proofExport)
  const save = async (format: Input<typeof proofExport>['format']) => {
    const file = await take.run({ of, format })
    if (file) saveFile(file.file_name, file.media_type, file.text)
  }
  return (
    <Section title={text.takeAway} intro={text.takeAwayIntro}>
      <Group gap="sm">
        {EXPORT_FORMATS.map((format) => (
          <Button
            key={format}
            variant="default"
            disabled={take.busy}
            leftSection={<IconDownload size={20} aria-hidden />}
            onClick={() => save(format)}
          >
            {text.formats[format]}
          </Button>
        ))}
      </Group>
      <Text size="sm">
        <Link href={CHECK} className={classes.external}>
          {text.toCheck}
        </Link>
      </Text>
      {take.error ? <ErrorNotice error={take.error} /> : null}
    </Section>
  )
}
