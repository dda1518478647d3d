import { alertExplain } from '#protocol/civdef/desk-capabilities.ts'
import { alertPublished } from '#protocol/civdef/events.ts'
import type { Ulid } from '#protocol/core/ids.ts'
import { matches, UlidSchema } from '#protocol/core/schema.ts'
import type { Bus } from '../../kernel/bus/bus.ts'
import type { EventLog } from '../../kernel/log/log.ts'
import type { VerifiedEvent } from '../../kernel/log/verify.ts'
import type { Runtime } from '../../kernel/runtime.ts'

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
  if (event.event_type !== alertPublished.type || Math.abs(now - Date.parse(event.wall_clock)) > FRESH_MS) return false
  const alert = fieldOf(event.data, 'alert')
  // every alert says whether it is a drill: one that does not is none
  return SEVERE.has(fieldOf(alert, 'severity')) && fieldOf(alert, 'drill') === false
}

/**
 * Sets off what an alert sets off, where the device's own decision would notify its person of it (CIV-7): whoever has no role, or
 * speaks of another place, moves no radio.
 * @returns what ends it
 */
export const onSevereAlert = (
  log: Pick<EventLog, 'changed'>,
  runtime: Runtime,
  notifies: (alertId: Ulid) => Promise<boolean>,
  alert: () => void,
): (() => void) =>
  log.changed.on(({ added }) => {
    for (const event of added.filter((one) => isSevereAlert(one, runtime.now()))) {
      const alertId = fieldOf(fieldOf(event.event.data, 'alert'), 'alert_id')
      if (!matches(UlidSchema, alertId)) continue
      notifies(alertId).then((does) => {
        if (does) alert()
      }, reportError)
    }
  })

/** Asks civil defence, which decides; where it is switched off nobody can say who may warn. */
export const asksCivilDefence =
  (bus: Pick<Bus, 'call'>) =>
  (key: Ulid): Promise<boolean> =>
    bus.call(alertExplain, { key }).then(
      ({ delivery }) => delivery === 'notify' || delivery === 'alarm',
      () => false,
    )
