import { chime, shake } from './chime.ts'
import type { Screen } from './delivery.ts'
import { isNotificationPermitted } from './permission.ts'

/** The service worker that shows notifications; null where there is none, as in development. */
const registration = async (): Promise<ServiceWorkerRegistration | null> =>
  'serviceWorker' in navigator ? ((await navigator.serviceWorker.getRegistration()) ?? null) : null

/**
 * Held by whoever shows, looks or closes, in any tab: Chromium forgets a notification for good when somebody looks at what stands
 * while it is being shown (292 of 300 in version 156).
 */
const LOCK = 'hearthnet.notifications'

const alone = async <T>(task: () => Promise<T>): Promise<T> => navigator.locks.request(LOCK, task)

/** @param isSoundWanted the person's choice for this device, beside that for alerts */
export function browserScreen(isSoundWanted: () => boolean): Screen {
  return {
    async show({ title, options }) {
      const worker = isNotificationPermitted() ? await registration() : null
      if (!worker?.active) return false
      try {
        await alone(() => worker.showNotification(title, options))
        return true
      } catch {
        return false // the permission was taken back in this moment; the banner in the app is there
      }
    },
    async standing() {
      const all = await alone(async () => (await (await registration())?.getNotifications()) ?? [])
      return all.map(({ tag }) => tag)
    },
    async close(tag) {
      await alone(async () => {
        const all = (await (await registration())?.getNotifications({ tag })) ?? []
        for (const one of all) one.close()
      })
    },
    ring({ severity, sound, vibration }) {
      if (sound && isSoundWanted()) chime(severity)
      if (vibration) shake(severity)
    },
  }
}
