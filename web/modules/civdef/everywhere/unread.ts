import type { Notice } from '#protocol/civdef/notice-capabilities.ts'
import { severityRank } from '#protocol/civdef/terms.ts'

const isAlarm = ({ kind }: Notice): boolean => kind === 'new' || kind === 'update'

/** What this person has not read, what is real and worst first. */
export const unread = (notices: readonly Notice[], read: readonly string[]): readonly Notice[] =>
  notices
    .filter(({ revision }) => !read.includes(revision))
    .sort(
      (a, b) =>
        Number(a.drill) - Number(b.drill) ||
        Number(isAlarm(b)) - Number(isAlarm(a)) ||
        severityRank(b.severity) - severityRank(a.severity),
    )

/** What takes the whole screen: never a drill, never an end (CIV-8, CIV-9). */
export const urgent = (notices: readonly Notice[]): readonly Notice[] =>
  notices.filter((notice) => notice.full_screen && isAlarm(notice) && !notice.drill)

/** The number on the app's icon: alerts that are real, hold, and were not read. */
export const badgeCount = (notices: readonly Notice[], read: readonly string[]): number =>
  unread(notices, read).filter((notice) => isAlarm(notice) && !notice.drill).length
