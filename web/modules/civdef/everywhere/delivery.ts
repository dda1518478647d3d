import { type Notice, type NoticeId, noticeClaim, noticeList, noticeShown } from '#protocol/civdef/notice-capabilities.ts'
import type { Capability, Input, Output } from '#protocol/core/capability.ts'
import type { Language } from '../../../kit/i18n.tsx'
import { endingNotification, type Notification, notificationOf } from './notification.ts'

/** Begins the tag of every notification of this module. */
const OURS = 'civdef:'
/** Most that one call to the node names. */
const AT_ONCE = 64

/** What a delivery needs of the browser. */
export interface Screen {
  /** Shows or replaces by tag. False where the person has not allowed notifications: then what is in the app must do. */
  show(notification: Notification): Promise<boolean>
  /** Tags of the notifications that stand now. */
  standing(): Promise<readonly string[]>
  close(tag: string): Promise<void>
  /** Heard and felt in the app itself, for what does not take the whole screen. */
  ring(notice: Notice): void
}

export type Call = <C extends Capability>(capability: C, input: Input<C>) => Promise<Output<C>>

const idOf = ({ tag, revision }: NoticeId): NoticeId => ({ tag, revision })
const isEnd = ({ kind }: Notice): boolean => kind === 'all_clear' || kind === 'cancelled' || kind === 'withdrawn'

/**
 * Shows what is to be shown and was not, once per device however many tabs ask (CIV-8): the node gives the word to one of them and
 * remembers what was shown. Closes what no longer stands.
 */
export async function deliver(call: Call, screen: Screen, language: Language): Promise<void> {
  // in this order: what another tab shows in between stands after this look, and is not taken for something that ended
  const standing = await screen.standing()
  const { notices, ending } = await call(noticeList, {})
  const fresh = [...notices, ...ending].filter(({ shown }) => !shown).slice(0, AT_ONCE)
  let isProgress = false
  if (fresh.length > 0) {
    const { yours } = await call(noticeClaim, { notices: fresh.map(idOf) })
    const mine = (one: NoticeId): boolean => yours.some(({ tag, revision }) => tag === one.tag && revision === one.revision)
    const shown: NoticeId[] = []
    // the oldest first: the newest then lies on top
    for (const notice of notices.filter((one) => !one.shown && mine(one)).reverse()) {
      // an end replaces the notification it ends; where the person has wiped that away, it is news to nobody
      if (!isEnd(notice) || notice.kind === 'withdrawn' || standing.includes(notice.tag)) {
        await screen.show(notificationOf(notice, language))
      }
      if (!notice.silent && !notice.full_screen) screen.ring(notice)
      shown.push(idOf(notice))
    }
    for (const one of ending.filter((certificate) => !certificate.shown && mine(certificate))) {
      await screen.show(endingNotification(one, language))
      shown.push(idOf(one))
    }
    if (shown.length > 0) await call(noticeShown, { notices: shown })
    isProgress = shown.length > 0
  }
  // more than one call may name, or another tab has the word for some: it says so when they are shown
  if (fresh.length === AT_ONCE && isProgress) return deliver(call, screen, language)
  const wanted = new Set([...notices, ...ending].map(({ tag }) => tag))
  for (const tag of standing) if (tag.startsWith(OURS) && !wanted.has(tag)) await screen.close(tag)
}
