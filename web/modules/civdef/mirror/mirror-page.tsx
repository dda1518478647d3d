import { Alert, Stack } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useSearch } from 'wouter'
import { capImport, forwardImport } from '#protocol/civdef/exchange-capabilities.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { Page } from '../../../kit/page.tsx'
import { useCall } from '../../../port/hooks.ts'
import { type Forwarded, ForwardedRead } from '../forward/forwarded-read.tsx'
import { ALERTS } from '../paths.ts'
import { formatOf, isForwarded, type Problem, problemOf } from './document.ts'
import { DocumentInput } from './document-input.tsx'
import { messages } from './messages.ts'
import { type Mirrored, MirrorRead } from './mirror-read.tsx'
import { takeSharedFile } from './shared-file.ts'

type Read =
  | ({ readonly kind: 'mirror'; readonly turn: number } & Mirrored)
  | ({ readonly kind: 'forwarded'; readonly turn: number } & Forwarded)

/** Brings in what comes from outside: an official warning, as a copy that says what it is, or an alert of another community. */
export function MirrorPage() {
  const text = useText(messages)
  const query = new URLSearchParams(useSearch())
  const shared = query.get('text') ?? ''
  const isFileShared = query.get('shared') === 'file'
  const look = useCall(capImport)
  const lookForwarded = useCall(forwardImport)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [read, setRead] = useState<Read | null>(null)
  const error = look.error ?? lookForwarded.error

  const show = async (document: string) => {
    const turn = (read?.turn ?? 0) + 1
    setRead(null)
    look.reset()
    lookForwarded.reset()
    const found = problemOf(document)
    setProblem(found)
    if (found !== null) return
    const format = formatOf(document)
    if (format !== null) {
      const answer = await look.run({ format, text: document, keep: false })
      if (answer) setRead({ kind: 'mirror', turn, text: document, format, mirrors: answer.mirrors })
    } else if (isForwarded(document)) {
      const answer = await lookForwarded.run({ text: document, keep: false })
      if (answer) setRead({ kind: 'forwarded', turn, text: document, read: answer })
    }
  }
  // the latest reader, for what is there once
  const reader = useRef(show)
  useEffect(() => {
    reader.current = show
  })
  useEffect(() => {
    if (!isFileShared) return
    takeSharedFile().then((document) => {
      // taken before, by an earlier look at this page
      if (document !== null) void reader.current(document)
    }, reportError)
  }, [isFileShared])
  return (
    <Page title={text.title} intro={text.intro} back={ALERTS}>
      <Stack gap="lg">
        <DocumentInput
          key={shared}
          shared={shared}
          busy={look.busy || lookForwarded.busy}
          onText={show}
          onUnreadable={() => setProblem('unreadable')}
        />
        {problem === null ? null : (
          <Alert color="bad" role="alert">
            {text.problems[problem]}
          </Alert>
        )}
        {error ? <ErrorNotice error={error} /> : null}
        {read?.kind === 'mirror' ? <MirrorRead key={read.turn} mirrored={read} /> : null}
        {read?.kind === 'forwarded' ? <ForwardedRead key={read.turn} forwarded={read} /> : null}
      </Stack>
    </Page>
  )
}
