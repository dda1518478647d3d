import type { EventLog } from '../../kernel/log/log.ts'
import type { VerifiedEvent } from '../../kernel/log/verify.ts'
import type { Runtime } from '../../kernel/runtime.ts'

/** M31 publishes these (11-index); its contract is not needed to hear them, and nothing comes while it is not there. */
const ALERT_TYPE = 'civdef.alert.published'
const SEVERE: ReadonlySet<unknown> = new Set(['emergency', 'extreme'])
/** What comes out of the log later than this is history that was caught up with. */
const FRESH_MS = 3_600_000

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && name in value ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined

/**
 * Whether an event is an alert that sets the panic flag: severe, no drill, and of now (CIV-13). Its data is `{alert}` or
 * `{sealed}`; what is sealed for holders of a role says nothing of its severity, and is no call to everybody.
 */
export function isSevereAlert({ event }: VerifiedEvent, now: number): boolean {
  if (event.event_type !== ALERT_TYPE || Math.abs(now - Date.parse(event.wall_clock)) > FRESH_MS) return false
  const alert = fieldOf(event.data, 'alert')
  // every alert says whether it is a drill: one that does not is none
  return SEVERE.has(fieldOf(alert, 'severity')) && fieldOf(alert, 'drill') === false
}

/** @returns what ends it */
export const onSevereAlert = (log: Pick<EventLog, 'changed'>, runtime: Runtime, alert: () => void): (() => void) =>
  log.changed.on(({ added }) => {
    if (added.some((event) => isSevereAlert(event, runtime.now()))) alert()
  })
