import { Stack } from '@mantine/core'
import { useState } from 'react'
import { useText } from '../../../kit/i18n.tsx'
import { Page } from '../../../kit/page.tsx'
import { CLAIMS } from '../paths.ts'
import { checkFile, type Verdict } from './check-file.ts'
import { DropZone } from './drop-zone.tsx'
import { messages } from './messages.ts'
import { VerdictView } from './verdict-view.tsx'

/** Checks a proof in this browser: no network, no node, no trust in whoever sent it. */
export function CheckPage() {
  const text = useText(messages)
  const [busy, setBusy] = useState(false)
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  const check = async (file: File) => {
    setBusy(true)
    setVerdict(null)
    setVerdict(await checkFile(file))
    setBusy(false)
  }
  return (
    <Page title={text.title} intro={text.intro} back={CLAIMS}>
      <Stack gap="lg">
        <DropZone busy={busy} onFile={check} />
        <div aria-live="polite">{verdict === null ? null : <VerdictView verdict={verdict} />}</div>
      </Stack>
    </Page>
  )
}
