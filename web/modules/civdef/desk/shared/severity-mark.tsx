import {
  IconAlertOctagonFilled,
  IconAlertTriangle,
  IconAlertTriangleFilled,
  IconBell,
  IconInfoCircle,
} from '@tabler/icons-react'
import type { AlertSeverity } from '#protocol/civdef/terms.ts'
import { useText } from '../../../../kit/i18n.tsx'
import classes from '../desk.module.css'
import { messages } from './messages.ts'

/** Each severity has a shape of its own: told apart in grey, in the sun and without colour. */
export const SEVERITY_ICONS = {
  info: IconInfoCircle,
  advisory: IconBell,
  warning: IconAlertTriangle,
  emergency: IconAlertTriangleFilled,
  extreme: IconAlertOctagonFilled,
} as const satisfies Record<AlertSeverity, unknown>

export function SeverityMark({ severity }: { readonly severity: AlertSeverity }) {
  const text = useText(messages)
  const Icon = SEVERITY_ICONS[severity]
  return (
    <span className={classes.mark} data-severity={severity}>
      <Icon size={24} aria-hidden />
      {text.severities[severity]}
    </span>
  )
}
