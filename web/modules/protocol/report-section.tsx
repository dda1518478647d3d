import { Alert, Button, Group, Stack, Table, Text } from '@mantine/core'
import { IconAlertTriangle, IconDownload } from '@tabler/icons-react'
import { displayNodeId } from '#protocol/core/ids.ts'
import type { CaseResult, FaultRow, Report } from '#protocol/protocol/report.ts'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { LongName } from '../../kit/long-name.tsx'
import { saveFile } from '../../kit/save-file.ts'
import { Section } from '../../kit/section.tsx'
import { type Status, StatusDot } from '../../kit/status-dot.tsx'
import { Facts } from './facts.tsx'
import { messages } from './messages.ts'
import classes from './protocol.module.css'
import { useGenuine } from './use-genuine.ts'

const STATUS: Readonly<Record<Report['summary']['overall'], Status>> = {
  pass: 'good',
  partial: 'busy',
  fail: 'bad',
  skipped: 'idle',
}

/** The suite is one for all languages: its cases and reasons are in this one. */
const SUITE_LANGUAGE = 'en'

function CaseItem({ result }: { readonly result: CaseResult }) {
  const text = useText(messages).conformance
  const { id, title, expected, observed, reproduce, reason } = result
  const told = [
    [text.expected, expected],
    [text.observed, observed],
    [text.reproduce, reproduce],
  ] as const
  return (
    <li>
      <Text fw={600} lang={SUITE_LANGUAGE}>
        {title}
      </Text>
      <Text size="sm" c="dimmed" className={classes.code}>
        <LongName>{id}</LongName>
      </Text>
      {reason ? (
        <Text size="sm" lang={SUITE_LANGUAGE}>
          <LongName>{reason}</LongName>
        </Text>
      ) : null}
      <Facts
        facts={told.flatMap(([term, fact]) =>
          fact === undefined
            ? []
            : [
                [
                  term,
                  <span key={term} className={classes.code}>
                    {fact}
                  </span>,
                ] as const,
              ],
        )}
      />
    </li>
  )
}

function Cases({ summary, cases }: { readonly summary: string; readonly cases: readonly CaseResult[] }) {
  if (cases.length === 0) return null
  return (
    <details>
      <summary className={classes.summary}>
        <span className={classes.summaryText}>{summary}</span>
      </summary>
      <ul className={classes.list}>
        {cases.map((result) => (
          <CaseItem key={result.id} result={result} />
        ))}
      </ul>
    </details>
  )
}

function Counts({ report }: { readonly report: Report }) {
  const text = useText(messages).conformance
  const format = useFormat()
  return (
    <Table verticalSpacing="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{text.section}</Table.Th>
          {[text.passed, text.failed, text.skipped].map((head) => (
            <Table.Th key={head} className={classes.numbers}>
              {head}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {report.summary.sections.map(({ section, passed, failed, skipped }) => (
          <Table.Tr key={section}>
            <Table.Th scope="row" fw="normal" className={classes.sectionName}>
              <LongName>{section}</LongName>
            </Table.Th>
            <Table.Td className={classes.numbers}>{format.number(passed)}</Table.Td>
            <Table.Td className={classes.numbers} fw={failed > 0 ? 700 : 400}>
              {format.number(failed)}
            </Table.Td>
            <Table.Td className={classes.numbers}>{format.number(skipped)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

/** How the suite itself was put to the test (CONF-7): which built-in mistake it sees, and which it does not. */
function Faults({ rows }: { readonly rows: readonly FaultRow[] }) {
  const text = useText(messages).conformance
  const missed = rows.filter(({ by }) => by === null)
  return (
    <details>
      <summary className={classes.summary}>
        <span className={classes.summaryText}>{text.faults(rows.length - missed.length, rows.length)}</span>
      </summary>
      <Text>{text.faultsAbout}</Text>
      <ul className={classes.list}>
        {[...missed, ...rows.filter(({ by }) => by !== null)].map(({ fault, by, reason }) => (
          <li key={fault}>
            <Text className={classes.code}>{fault}</Text>
            <Text size="sm" className={by === null ? undefined : classes.code}>
              {by === null ? text.missed(reason ?? '') : text.caughtBy(by)}
            </Text>
          </li>
        ))}
      </ul>
    </details>
  )
}

/** The signed report as a person reads it: the verdict, the parts, and what went wrong. */
export function ReportSection({ report }: { readonly report: Report }) {
  const text = useText(messages).conformance
  const format = useFormat()
  const genuine = useGenuine(report)
  const { overall, ended_at, suite_version, protocol_version, node_id, target } = report.summary
  const failed = report.cases.filter(({ state }) => state === 'failed')
  const skipped = report.cases.filter(({ state }) => state === 'skipped')
  const way = Object.entries(text.ways).find(([key]) => key === target)?.[1] ?? target
  // a verdict that nobody can vouch for is none (CONF-4)
  if (genuine === 'no') {
    return (
      <Section title={text.reportTitle}>
        <Alert color="red" icon={<IconAlertTriangle size={24} aria-hidden />}>
          {text.forged}
        </Alert>
      </Section>
    )
  }
  return (
    <Section title={text.reportTitle}>
      <Stack gap={4}>
        <div className={classes.verdict}>
          <StatusDot status={STATUS[overall]}>{text.verdicts[overall]}</StatusDot>
        </div>
        <Text>{text.verdictTexts[overall]}</Text>
      </Stack>
      <StatusDot status={genuine === 'yes' ? 'good' : 'busy'}>{genuine === 'yes' ? text.genuine : text.checking}</StatusDot>
      <Facts
        facts={[
          [text.when, `${format.dateTime(ended_at)}, ${way}`],
          [text.suite, text.suiteOf(suite_version, protocol_version)],
          [
            text.signer,
            <span key="signer" className={classes.code}>
              {displayNodeId(node_id)}
            </span>,
          ],
        ]}
      />
      <Counts report={report} />
      <Cases summary={text.failures(failed.length)} cases={failed} />
      <Cases summary={text.skips(skipped.length)} cases={skipped} />
      {report.faults ? <Faults rows={report.faults} /> : null}
      <Group>
        <Button
          variant="default"
          leftSection={<IconDownload size={20} aria-hidden />}
          onClick={() => saveFile('report.json', 'application/json', `${JSON.stringify(report, null, 2)}\n`)}
        >
          {text.save}
        </Button>
      </Group>
    </Section>
  )
}
