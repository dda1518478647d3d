import { Stack } from '@mantine/core'
import { auditState } from '#protocol/civdef/audit-capabilities.ts'
import { useText } from '../../../../kit/i18n.tsx'
import { useQuery } from '../../../../port/hooks.ts'
import { DESK } from '../paths.ts'
import { DeskFrame } from '../shared/desk-frame.tsx'
import { CheckSection } from './check-section.tsx'
import { ExportSection } from './export-section.tsx'
import { KeepSection } from './keep-section.tsx'
import { messages } from './messages.ts'
import { RestartSection } from './restart-section.tsx'
import { Broken, StateSection } from './state-section.tsx'
import { VerifierSection } from './verifier-section.tsx'
import { WitnessSection } from './witness-section.tsx'

/** The record of this device: how it stands, who has witnessed it, and the file that proves it (AUD-1 to AUD-6). */
export function AuditPage() {
  const text = useText(messages)
  const query = useQuery(auditState, {})
  return (
    <DeskFrame title={text.title} intro={text.intro} back={DESK} query={query}>
      {(state) => {
        const isBroken = state.blocked || state.report?.whole === false
        return (
          <Stack gap="lg">
            {isBroken ? <Broken report={state.report} /> : null}
            <StateSection state={state} />
            {state.blocked ? <RestartSection /> : null}
            <CheckSection />
            <WitnessSection state={state} />
            <ExportSection state={state} />
            <VerifierSection />
            <KeepSection state={state} />
          </Stack>
        )
      }}
    </DeskFrame>
  )
}
