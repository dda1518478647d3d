import { Button, Group, Stack, Text } from '@mantine/core'
import { IconDownload, IconShare, IconShare3 } from '@tabler/icons-react'
import { useState } from 'react'
import type { Alert } from '#protocol/civdef/alert.ts'
import type { Decision } from '#protocol/civdef/decision.ts'
import { forwardExport } from '#protocol/civdef/exchange-capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import { CodeToShow } from '../../../kit/codes/code-to-show.tsx'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { saveFile } from '../../../kit/save-file.ts'
import { Section } from '../../../kit/section.tsx'
import { useCall } from '../../../port/hooks.ts'
import { messages } from './messages.ts'
import { staysBecause } from './stays.ts'

type Paper = Output<typeof forwardExport>

/** The alphabet of the paper is plain text: what opens it anywhere is any other app that takes text. */
const MEDIA_TYPE = 'text/plain'

function Leaving({ paper }: { readonly paper: Paper }) {
  const text = useText(messages)
  // browsers share files of a few endings only; `.txt` is among them
  const file = new File([paper.text], `${paper.file_name}.txt`, { type: MEDIA_TYPE })
  const shared = { title: text.shareTitle, files: [file] }
  const canShare = typeof navigator.canShare === 'function' && navigator.canShare(shared)
  return (
    <Stack gap="md">
      <Text>{text.hops(paper.hop)}</Text>
      <CodeToShow big text={paper.text} />
      <Group gap="sm">
        <Button
          variant="default"
          leftSection={<IconDownload size={20} aria-hidden />}
          onClick={() => saveFile(paper.file_name, MEDIA_TYPE, paper.text)}
        >
          {text.save}
        </Button>
        {canShare ? (
          <Button
            variant="default"
            leftSection={<IconShare size={20} aria-hidden />}
            // closing the share sheet is a choice, not a failure
            onClick={() => navigator.share(shared).catch(() => undefined)}
          >
            {text.share}
          </Button>
        ) : null}
      </Group>
    </Stack>
  )
}

/** Carries an alert to another community by hand: as codes, as a file, or by another app (CIV-16). */
export function PassOnSection({ alert, decision }: { readonly alert: Alert; readonly decision: Decision | undefined }) {
  const text = useText(messages)
  const make = useCall(forwardExport)
  const [paper, setPaper] = useState<Paper | null>(null)
  const stays = staysBecause(alert, decision?.delivery)
  return (
    <Section title={text.title} intro={stays === null ? text.intro : null}>
      {stays === null ? (
        <Stack gap="md" align="stretch">
          {paper ? (
            <Leaving paper={paper} />
          ) : (
            <Group>
              <Button
                variant="default"
                loading={make.busy}
                leftSection={<IconShare3 size={20} aria-hidden />}
                onClick={async () => setPaper((await make.run({ key: alert.alert_id })) ?? null)}
              >
                {text.make}
              </Button>
            </Group>
          )}
          {make.error ? <ErrorNotice error={make.error} /> : null}
        </Stack>
      ) : (
        <Text>{text.refused[stays]}</Text>
      )}
    </Section>
  )
}
