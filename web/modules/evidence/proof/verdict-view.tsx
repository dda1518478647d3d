import { Alert, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconFileUnknown, IconShieldCheck } from '@tabler/icons-react'
import type { ProofReport } from '#protocol/evidence/proof.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { visibleText } from '../../../kit/visible-text.ts'
import classes from '../evidence.module.css'
import type { Verdict } from './check-file.ts'
import { messages } from './messages.ts'
import { ProvenClaimItem } from './proven-claim-item.tsx'

function Report({ report }: { readonly report: ProofReport }) {
  const text = useText(messages)
  const format = useFormat()
  return (
    <>
      {report.problems.length === 0 ? null : (
        <Section title={text.problems}>
          <ul className={classes.list}>
            {report.problems.map(({ path, code, message }) => (
              <li key={`${path} ${code}`} className={classes.source}>
                <span className={classes.digest}>{visibleText(path)}</span>
                <Text size="sm">
                  {code}: {visibleText(message)}
                </Text>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title={text.holds} intro={text.holdsIntro}>
        {report.claims.length === 0 ? <Text c="dimmed">{text.nothingHolds}</Text> : null}
        <ul className={classes.list}>
          {report.claims.map((proven) => (
            <ProvenClaimItem key={proven.claim_id} proven={proven} names={report.proof.names} />
          ))}
        </ul>
        <Text size="sm" c="dimmed">
          {text.madeAt(format.dateTime(report.proof.made_at))}
        </Text>
      </Section>
    </>
  )
}

const ICONS = {
  sound: IconShieldCheck,
  unsound: IconAlertTriangle,
  no_proof: IconFileUnknown,
  unreadable: IconFileUnknown,
} as const
const COLOURS = { sound: 'good', unsound: 'bad', no_proof: 'warn', unreadable: 'warn' } as const

/** What checking a file has shown: in a sentence, then each claim and each problem. */
export function VerdictView({ verdict }: { readonly verdict: Verdict }) {
  const text = useText(messages)
  const Icon = ICONS[verdict.kind]
  return (
    <Stack gap="lg">
      <Alert color={COLOURS[verdict.kind]} icon={<Icon aria-hidden />} title={text.verdicts[verdict.kind]} role="status">
        <Text>{text.verdictHints[verdict.kind]}</Text>
        <Text size="sm" c="dimmed">
          <BidiText>{verdict.fileName}</BidiText>
        </Text>
      </Alert>
      {'report' in verdict ? <Report report={verdict.report} /> : null}
    </Stack>
  )
}
