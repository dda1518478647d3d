import { Text } from '@mantine/core'
import { useState } from 'react'
import { auditDelete } from '#protocol/civdef/audit-capabilities.ts'
import { configGet } from '#protocol/config/capabilities.ts'
import { ConfirmButton } from '../../../../kit/confirm-button.tsx'
import { plural, useLanguage, useText } from '../../../../kit/i18n.tsx'
import { QueryView } from '../../../../kit/query-view.tsx'
import { Section } from '../../../../kit/section.tsx'
import { useCall, useQuery } from '../../../../port/hooks.ts'
import { messages } from './messages.ts'
import type { AuditState } from './state-section.tsx'

/** How long entries are kept, and deleting those past it: only ever by a person, and recorded (AUD-6). */
export function KeepSection({ state }: { readonly state: AuditState }) {
  const text = useText(messages)
  const { language, format } = useLanguage()
  const config = useQuery(configGet, {})
  const remove = useCall(auditDelete)
  const [count, setCount] = useState<number | null>(null)
  return (
    <Section title={text.keep}>
      <QueryView query={config}>
        {({ civdef }) => (
          <>
            <Text>{text.keepIntro(format.number(civdef.retention_years))}</Text>
            <Text mb="sm">{state.expired === 0 ? text.nothingOld : plural(language, state.expired, text.old)}</Text>
            {state.expired === 0 ? null : (
              <ConfirmButton
                label={text.delete}
                title={text.deleteTitle}
                typed={text.deleteWord}
                busy={remove.busy}
                error={remove.error}
                onConfirm={async () => {
                  const done = await remove.run({ years: civdef.retention_years })
                  setCount(done?.deleted ?? null)
                  return done
                }}
              >
                {text.deleteBody}
              </ConfirmButton>
            )}
            <Text role="status" fw={600}>
              {count === null ? null : plural(language, count, text.deleted)}
            </Text>
          </>
        )}
      </QueryView>
    </Section>
  )
}
