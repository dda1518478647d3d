import { Button, Text } from '@mantine/core'
import { IconEyeCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { auditCheckpoint } from '#protocol/civdef/audit-capabilities.ts'
import { ErrorNotice } from '../../../../kit/error-notice.tsx'
import { plural, useLanguage, useText } from '../../../../kit/i18n.tsx'
import { NodeBadge } from '../../../../kit/node-badge.tsx'
import { Section } from '../../../../kit/section.tsx'
import { useCall } from '../../../../port/hooks.ts'
import classes from '../desk.module.css'
import { usePeople } from '../shared/people.ts'
import { messages } from './messages.ts'
import type { AuditState } from './state-section.tsx'

/** Checkpoints and who has seen them; and what nobody can find without one (AUD-2, AUD-3). */
export function WitnessSection({ state }: { readonly state: AuditState }) {
  const text = useText(messages)
  const { language } = useLanguage()
  const { nameOf } = usePeople()
  const make = useCall(auditCheckpoint)
  const [count, setCount] = useState<number | null>(null)
  const witnesses = state.checkpoint?.witnesses ?? []
  const secure = async () => {
    setCount(null)
    setCount((await make.run({}))?.witnesses.length ?? null)
  }
  return (
    <Section title={text.witness} intro={text.witnessIntro}>
      <Text fw={600}>{text.witnesses}</Text>
      {witnesses.length === 0 ? <Text>{text.noWitness}</Text> : null}
      <ul className={classes.list} aria-label={text.witnesses}>
        {witnesses.map((id) => (
          <li key={id}>
            <NodeBadge nodeId={id} name={nameOf(id)} />
          </li>
        ))}
      </ul>
      <Button
        className={classes.big}
        leftSection={<IconEyeCheck size={24} aria-hidden />}
        disabled={state.blocked || state.entries === 0}
        loading={make.busy}
        onClick={secure}
      >
        {text.checkpoint}
      </Button>
      <Text role="status" fw={600}>
        {count === null ? null : plural(language, count, text.secured)}
      </Text>
      {make.error ? <ErrorNotice error={make.error} /> : null}
      <Text size="sm">{text.limits}</Text>
    </Section>
  )
}
