import type { PanicRecord } from '#protocol/lora/records.ts'
import { certaintyOfPanic } from '../certainty.ts'

/** What a person has seen of a call. One that turns out to be sure is shown again: an unsure one before it must not hide it. */
export const panicKey = (panic: PanicRecord): string =>
  `${panic.sender_hash} ${panic.via} ${panic.since} ${certaintyOfPanic(panic) === 'sure' ? 'sure' : 'open'}`

/** Everything that is seen with this call: who has seen it sure need not see it unsure again. */
export const seenWith = (panic: PanicRecord): readonly string[] => {
  const start = `${panic.sender_hash} ${panic.via} ${panic.since}`
  return certaintyOfPanic(panic) === 'sure' ? [`${start} sure`, `${start} open`] : [`${start} open`]
}

const rank = (panic: PanicRecord): number => (certaintyOfPanic(panic) === 'sure' ? 0 : 1)

/** Whether this call still concerns anybody: not taken back by its sender, and not from one this person has blocked. */
export const isOpen = (panic: PanicRecord): boolean => panic.over !== 'proven' && panic.state !== 'blocked'

/** Calls that take the screen (LOR-4): what is sure first, then the newest. */
export const urgentPanics = (panics: readonly PanicRecord[], seen: ReadonlySet<string>): readonly PanicRecord[] =>
  panics
    .filter((panic) => isOpen(panic) && !seen.has(panicKey(panic)))
    .sort((a, b) => rank(a) - rank(b) || b.since.localeCompare(a.since))

/**
 * What the alarm sounds for: every call that is sure sounds anew, of the others only the first, so that nobody with a stick
 * and a list of invented senders can keep a house awake.
 */
export function alarmFor(urgent: readonly PanicRecord[]): string | null {
  const sure = urgent.filter((panic) => rank(panic) === 0)
  const first = sure[0]
  if (first) return `${sure.length} ${panicKey(first)}`
  return urgent.length > 0 ? 'open' : null
}
