import type { PanicRecord } from '#protocol/lora/records.ts'
import { certaintyOfPanic } from '../certainty.ts'

/**
 * A call that comes by radio and by network begins at two times, by two clocks, and one heard only by radio begins anew when
 * the node does: what one sender begins within this is one call, ms.
 */
const SAME_CALL_MS = 300_000

/** A call that this person has seen. */
export interface SeenCall {
  readonly sender: string
  /** When it began, ms since 1970. */
  readonly since: number
  /** Whether it was sure who called. */
  readonly sure: boolean
}

const isSure = (panic: PanicRecord): boolean => certaintyOfPanic(panic) === 'sure'

export const seenCall = (panic: PanicRecord): SeenCall => ({
  sender: panic.sender_hash,
  since: Date.parse(panic.since),
  sure: isSure(panic),
})

/** One that turns out to be sure is shown again: an unsure one before it must not hide it. */
const wasSeen = (panic: PanicRecord, seen: readonly SeenCall[]): boolean =>
  seen.some(
    ({ sender, since, sure }) =>
      sender === panic.sender_hash && Math.abs(since - Date.parse(panic.since)) <= SAME_CALL_MS && (sure || !isSure(panic)),
  )

/** Without the calls that their senders have ended: whoever calls again is shown again, however soon. */
export function withoutEnded(seen: readonly SeenCall[], panics: readonly PanicRecord[]): readonly SeenCall[] {
  const ended = new Set(panics.filter(({ over }) => over === 'proven').map(({ sender_hash }) => sender_hash))
  return seen.some(({ sender }) => ended.has(sender)) ? seen.filter(({ sender }) => !ended.has(sender)) : seen
}

/** Tells calls apart in a list. */
export const panicKey = (panic: PanicRecord): string =>
  `${panic.sender_hash} ${panic.since} ${isSure(panic) ? 'sure' : 'unsure'}`

/** Whether this call still concerns anybody: not ended by its sender, and not from one this person has blocked. */
const isOpen = (panic: PanicRecord): boolean => panic.over !== 'proven' && panic.state !== 'blocked'

/** Calls that have not ended: what is sure first, then the newest. */
export const openPanics = (panics: readonly PanicRecord[]): readonly PanicRecord[] =>
  panics.filter(isOpen).sort((a, b) => Number(isSure(b)) - Number(isSure(a)) || b.since.localeCompare(a.since))

/** Those of them that take the screen (LOR-4): nobody here has seen them. */
export const urgentPanics = (panics: readonly PanicRecord[], seen: readonly SeenCall[]): readonly PanicRecord[] =>
  openPanics(panics).filter((panic) => !wasSeen(panic, seen))

/**
 * What the alarm sounds for: every call that is sure sounds anew, of the others only the first, so that nobody with a stick
 * and a list of invented senders can keep a house awake.
 */
export function alarmFor(urgent: readonly PanicRecord[]): string | null {
  const sure = urgent.filter(isSure).map(({ sender_hash }) => sender_hash)
  if (sure.length > 0) return sure.sort().join(' ')
  return urgent.length > 0 ? 'unsure' : null
}
