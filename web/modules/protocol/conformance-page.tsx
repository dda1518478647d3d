import { Stack } from '@mantine/core'
import { IconListCheck } from '@tabler/icons-react'
import { conformanceReport } from '#protocol/protocol/capabilities.ts'
import { Empty } from '../../kit/empty.tsx'
import { useText } from '../../kit/i18n.tsx'
import { Page } from '../../kit/page.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { useQuery } from '../../port/hooks.ts'
import { messages } from './messages.ts'
import { ABOUT } from './paths.ts'
import { ReportSection } from './report-section.tsx'
import { RunSection } from './run-section.tsx'

/** The suite on this very node: run it, watch it, stop it, read what it found (X09). */
export function ConformancePage() {
  const text = useText(messages).conformance
  const query = useQuery(conformanceReport, { action: 'fetch' })
  const absent = query.status === 'failed' && query.error.code === 'protocol_suite_not_installed'
  return (
    <Page title={text.title} intro={text.intro} back={ABOUT}>
      {absent ? (
        <Empty icon={IconListCheck}>{text.notInstalled}</Empty>
      ) : (
        <QueryView query={query} rows={6}>
          {(answer) => (
            <Stack gap="lg">
              <RunSection answer={answer} />
              {answer.report ? <ReportSection report={answer.report} /> : null}
            </Stack>
          )}
        </QueryView>
      )}
    </Page>
  )
}
