import { secondsTime } from '#protocol/civdef/terms.ts'

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** The beginning of a day where the person is, or its end, as the wire has it; undefined for no day. @param day `2026-05-26` */
export function edgeOf(day: string, edge: 'begin' | 'end'): string | undefined {
  if (!DAY.test(day)) return undefined
  const at = Date.parse(`${day}T${edge === 'begin' ? '00:00:00' : '23:59:59'}`)
  return Number.isNaN(at) ? undefined : secondsTime(at)
}
