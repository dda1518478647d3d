import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconAlertOctagonFilled } from '@tabler/icons-react'
import { Link } from 'wouter'
import { auditState } from '#protocol/civdef/audit-capabilities.ts'
import { useText } from '../../../kit/i18n.tsx'
import { useQuery } from '../../../port/hooks.ts'
import classes from './desk.module.css'
import { messages } from './messages.ts'
import { AUDIT } from './paths.ts'

/** Loud wherever somebody is about to rely on the record or would be refused because of it (AUD-4). */
export function AuditWarning() {
  const text = useText(messages)
  const query = useQuery(auditState, {})
  if (query.status !== 'ready' || !query.data.blocked) return null
  return (
    <Alert color="bad" role="alert" icon={<IconAlertOctagonFilled size={28} aria-hidden />} className={classes.loud}>
      <Stack gap="sm" align="flex-start">
        <Text fw={700}>{text.broken}</Text>
        <Button component={Link} href={AUDIT} variant="default" className={classes.wide}>
          {text.toAudit}
        </Button>
      </Stack>
    </Alert>
  )
}
