import {
  IconAlertOctagonFilled,
  IconAlertTriangle,
  IconAlertTriangleFilled,
  IconBell,
  IconHelpCircle,
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

interface SeverityMarkProps {
  readonly severity: AlertSeverity
  /** Said by somebody this device does not believe: with the sign and the words for what is not sure. */
  readonly alleged?: boolean
}

export function SeverityMark({ severity, alleged = false }: SeverityMarkProps) {
  const text = useText(messages)
  if (alleged) {
    return (
      <span className={classes.mark}>
        <IconHelpCircle size={24} aria-hidden />
        {text.alleged(text.severities[severity])}
      </span>
    )
  }
  const Icon = SEVERITY_ICONS[severity]
  return (
    <span className={classes.mark} data-severity={severity}>
      <Icon size={24} aria-hidden />
      {text.severities[severity]}
    </span>
  )
}
