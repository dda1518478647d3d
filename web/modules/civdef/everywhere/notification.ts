import type { EndingNotice, Notice } from '#protocol/civdef/notice-capabilities.ts'
import type { AlertSeverity } from '#protocol/civdef/terms.ts'
import type { Language } from '../../../kit/i18n.tsx'
import { visibleText } from '../../../kit/visible-text.ts'
import { WALLET } from '../desk/paths.ts'
import { messages as shared } from '../desk/shared/messages.ts'
import { alertPath } from '../paths.ts'
import { wordsIn } from '../told.ts'
import { messages } from './messages.ts'

/** A notification as the browser takes it. TypeScript's own type lacks what only some browsers have. */
export interface Notification {
  readonly title: string
  readonly options: NotificationOptions & {
    readonly tag: string
    readonly data: { readonly path: string }
    readonly renotify?: boolean
    readonly vibrate?: readonly number[]
  }
}

/** How a phone shakes, ms on and off: told apart in a pocket. */
export const VIBRATIONS: Readonly<Record<AlertSeverity, readonly number[]>> = {
  info: [120],
  advisory: [200, 100, 200],
  warning: [400, 150, 400],
  emergency: [600, 150, 600, 150, 600],
  extreme: [800, 150, 800, 150, 800, 150, 800, 150, 800],
}

/** Characters of a body that a notification shows at most; the rest is a touch away. */
const BODY_CHARS = 240
const ICON = '/icons/icon-192.png'
/** These stay until somebody touches them. */
const STAYING: readonly AlertSeverity[] = ['emergency', 'extreme']

const short = (text: string): string => (text.length <= BODY_CHARS ? text : `${text.slice(0, BODY_CHARS - 1)}…`)

/** What a notice is called, in words that say what it is before what it is about (CIV-8, CIV-9). */
export function noticeTitle(notice: Notice, language: Language): string {
  const text = messages[language]
  const words = wordsIn([notice, ...notice.variants], language)
  const title = visibleText(words.title)
  const { severities } = shared[language]
  const isMirror = notice.marks.includes('mirror')
  const said = {
    new: () => (isMirror ? text.kinds.official(title) : text.kinds.new(severities[notice.severity], title)),
    update: () => (isMirror ? text.kinds.official(title) : text.kinds.update(severities[notice.severity], title)),
    all_clear: () => text.kinds.all_clear(title),
    cancelled: () => text.kinds.cancelled(title),
    withdrawn: () => text.kinds.withdrawn(title),
  }[notice.kind]()
  return notice.drill ? text.drill(said) : said
}

function noticeBody(notice: Notice, language: Language): string {
  const text = messages[language]
  if (notice.kind === 'withdrawn') return text.withdrawnBody
  const words = wordsIn([notice, ...notice.variants], language)
  const told = text.from(short(visibleText(words.body)), visibleText(notice.from))
  if (notice.marks.includes('mirror')) return text.official(told)
  return notice.marks.includes('foreign_role') ? text.foreign(told) : told
}

/** An alert as a notification: the same tag replaces, and only what is news is heard again. */
export function notificationOf(notice: Notice, language: Language): Notification {
  const { tag, severity, silent, sound, vibration, kind, key } = notice
  const quiet = silent || (!sound && !vibration)
  const isAlarm = kind === 'new' || kind === 'update'
  return {
    title: noticeTitle(notice, language),
    options: {
      tag,
      lang: wordsIn([notice, ...notice.variants], language).language,
      body: noticeBody(notice, language),
      icon: ICON,
      badge: ICON,
      data: { path: alertPath(key) },
      silent: quiet,
      renotify: !silent,
      requireInteraction: isAlarm && !notice.drill && STAYING.includes(severity),
      // a browser refuses a pattern beside silence
      ...(vibration && !quiet ? { vibrate: VIBRATIONS[severity] } : {}),
    },
  }
}

/** A certificate that is about to end (CIV-3): quiet, and there. */
export function endingNotification(ending: EndingNotice, language: Language): Notification {
  const text = messages[language].ending
  const title = visibleText(ending.title)
  return {
    title: ending.own ? text.own : text.issued,
    options: {
      tag: ending.tag,
      lang: language,
      body: ending.expires_in_days > 0 ? text.days(title, ending.expires_in_days) : text.today(title),
      icon: ICON,
      badge: ICON,
      data: { path: WALLET },
      silent: true,
    },
  }
}
