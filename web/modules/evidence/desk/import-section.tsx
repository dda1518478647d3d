import { Alert, Button, FileButton, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { Output } from '#protocol/core/capability.ts'
import { fileImport } from '#protocol/evidence/desk-capabilities.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { useCall } from '../../../port/hooks.ts'
import { ACCEPTED, readImport } from './import-file.ts'
import { messages } from './messages.ts'

type Problem = 'unknown_format' | 'too_large' | 'unreadable'

/** Reads a proof or linked data in. Nothing of it is believed: it waits above. */
export function ImportSection() {
  const text = useText(messages)
  const format = useFormat()
  const read = useCall(fileImport)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [report, setReport] = useState<Output<typeof fileImport> | null>(null)

  const take = async (file: File | null) => {
    if (!file) return
    setReport(null)
    setProblem(null)
    try {
      const input = await readImport(file)
      if (typeof input === 'string') return setProblem(input)
      setReport((await read.run(input)) ?? null)
    } catch {
      setProblem('unreadable') // a file can be gone or locked between choosing and reading
    }
  }
  return (
    <Section title={text.import} intro={text.importIntro}>
      <Stack gap="sm" align="flex-start">
        <FileButton onChange={take} accept={ACCEPTED}>
          {(props) => (
            <Button {...props} variant="default" loading={read.busy}>
              {text.chooseFile}
            </Button>
          )}
        </FileButton>
        <Text role="status">
          {report === null
            ? null
            : text.imported(
                format.number(report.quarantined),
                format.number(report.drafts),
                format.number(report.known),
                format.number(report.refused),
              )}
        </Text>
        {problem === null ? null : (
          <Alert color="bad" role="alert">
            {text.importProblems[problem]}
          </Alert>
        )}
        {read.error ? <ErrorNotice error={read.error} /> : null}
      </Stack>
    </Section>
  )
}
