import { CIVDEF_DOCUMENT_MAX_CHARS } from '#protocol/civdef/constants.ts'
import type { MIRROR_FORMATS } from '#protocol/civdef/mirror.ts'

export type MirrorFormat = (typeof MIRROR_FORMATS)[number]

/** What people choose as a file: CAP is XML, NINA is JSON, an alert of another community is plain text. */
export const ACCEPTED =
  '.xml,.cap,.json,.hearthnet,.txt,application/xml,text/xml,application/cap+xml,application/json,text/plain'

/** Whether a text is an alert that another community handed over (CIV-16). */
export const isForwarded = (text: string): boolean => /^\s*HN1:F:/.test(text)

export type Problem = 'empty' | 'unknown' | 'too_large' | 'unreadable'

/** What a text is by how it begins; null where it is neither. */
export function formatOf(text: string): MirrorFormat | null {
  const start = text.replace(/^\ufeff/, '').trimStart()
  if (/^<(\?xml|!--|([A-Za-z0-9_]+:)?alert\b)/.test(start)) return 'cap'
  return /^[[{]/.test(start) ? 'nina' : null
}

/** What stands against handing a text to the node; null where nothing does. */
export function problemOf(text: string): Problem | null {
  if (text.trim() === '') return 'empty'
  if (text.length > CIVDEF_DOCUMENT_MAX_CHARS) return 'too_large'
  return formatOf(text) === null && !isForwarded(text) ? 'unknown' : null
}
