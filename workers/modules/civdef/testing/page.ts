import { type Notice, noticeClaim, noticeList, noticeShown } from '#protocol/civdef/notice-capabilities.ts'
import type { Villager } from '../../../testing/village.ts'

/** A page as it should behave: asks for the word, shows, says so (CIV-8). @returns what it showed */
export async function page({ node: { bus } }: Villager): Promise<Notice[]> {
  const { notices } = await bus.call(noticeList, {})
  const shown: Notice[] = []
  const waiting = notices.filter((one) => !one.shown)
  for (let from = 0; from < waiting.length; from += 64) {
    const wanted = waiting.slice(from, from + 64)
    const ids = wanted.map(({ tag, revision }) => ({ tag, revision }))
    const { yours } = await bus.call(noticeClaim, { notices: ids })
    if (yours.length > 0) await bus.call(noticeShown, { notices: yours })
    const mine = new Set(yours.map(({ tag, revision }) => `${tag} ${revision}`))
    shown.push(...wanted.filter(({ tag, revision }) => mine.has(`${tag} ${revision}`)))
  }
  return shown
}
