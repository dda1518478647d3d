import { Button, Text } from '@mantine/core'
import { IconListCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { auditVerify } from '#protocol/civdef/audit-capabilities.ts'
import { ErrorNotice } from '../../../../kit/error-notice.tsx'
import { useText } from '../../../../kit/i18n.tsx'
import { Section } from '../../../../kit/section.tsx'
import { useCall } from '../../../../port/hooks.ts'
import classes from '../desk.module.css'
import { messages } from './messages.ts'

/** Walks the chain now: back to the newest checkpoint, or every signature (AUD-4). */
export function CheckSection() {
  const text = useText(messages)
  const verify = useCall(auditVerify)
  const [isWhole, setWhole] = useState<boolean | null>(null)
  const check = async (by: 'entries' | 'checkpoints') => {
    setWhole(null)
    const report = await verify.run({ by })
    setWhole(report?.whole ?? null)
  }
  return (
    <Section title={text.check} intro={text.checkIntro}>
      <div className={classes.pair}>
        <Button
          className={classes.big}
          leftSection={<IconListCheck size={24} aria-hidden />}
          disabled={verify.busy}
          onClick={() => check('checkpoints')}
        >
          {text.quick}
        </Button>
        <Button variant="default" className={classes.big} disabled={verify.busy} onClick={() => check('entries')}>
          {text.full}
        </Button>
      </div>
      <Text role="status" fw={600}>
        {verify.busy ? text.checking : isWhole === null ? null : isWhole ? text.result.whole : text.result.broken}
      </Text>
      {verify.error ? <ErrorNotice error={verify.error} /> : null}
    </Section>
  )
}
