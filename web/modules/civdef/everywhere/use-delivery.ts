import { useEffect, useRef } from 'react'
import type { noticeList } from '#protocol/civdef/notice-capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { useAlarmPreference } from '../../../kit/alarm-preference.ts'
import { type Language, useLanguage } from '../../../kit/i18n.tsx'
import { useConnection } from '../../../port/provider.tsx'
import { browserScreen } from './browser-screen.ts'
import { type Call, deliver } from './delivery.ts'
import { useRead } from './read.ts'
import { badgeCount } from './unread.ts'

type Standing = Output<typeof noticeList>

/** The number on the icon of the installed app, where the browser has one. */
function showBadge(count: number): void {
  if (!('setAppBadge' in navigator)) return
  // a browser may refuse where the app is not installed
  const done = count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()
  done.catch(() => undefined)
}

/** Shows what came as notifications, and the number of what was not read. @param standing the node's answer, null before it */
export function useDelivery(standing: Standing | null): void {
  const connection = useConnection()
  const { language } = useLanguage()
  const [isSoundWanted] = useAlarmPreference()
  const read = useRead()
  const wishes = useRef<{ language: Language; sound: boolean }>({ language, sound: isSoundWanted })
  const work = useRef(Promise.resolve())

  useEffect(() => {
    wishes.current = { language, sound: isSoundWanted }
  }, [language, isSoundWanted])

  useEffect(() => {
    if (!standing) return
    const screen = browserScreen(() => wishes.current.sound)
    const call: Call = (capability, input) => {
      const { client } = connection.get()
      if (!client) throw new HearthError('partition', 'the node is not running')
      return client.call(capability, input)
    }
    // one after the other: a change during a delivery is looked at after it
    work.current = work.current.then(async () => {
      try {
        await deliver(call, screen, wishes.current.language)
      } catch (thrown) {
        // the node stopped or the module was switched off meanwhile: the next answer of the node begins anew
        if (!(thrown instanceof HearthError)) reportError(thrown)
      }
    })
  }, [standing, connection])

  const count = standing ? badgeCount(standing.notices, read) : 0
  useEffect(() => showBadge(count), [count])
}
