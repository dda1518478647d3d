import { useSyncExternalStore } from 'react'

/** `missing`: this browser has no notifications, or none without being installed, as on an iPhone. */
export type Permission = NotificationPermission | 'missing'

const listeners = new Set<() => void>()

const current = (): Permission =>
  'Notification' in window && 'serviceWorker' in navigator ? Notification.permission : 'missing'

export const isNotificationPermitted = (): boolean => current() === 'granted'

function tell(): void {
  for (const listener of [...listeners]) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  let letGo = (): void => undefined
  // changed in the browser's own settings; one that cannot be asked is seen when the page is looked at again
  navigator.permissions?.query({ name: 'notifications' }).then(
    (status) => {
      status.addEventListener('change', tell)
      letGo = () => status.removeEventListener('change', tell)
    },
    () => undefined,
  )
  document.addEventListener('visibilitychange', tell)
  return () => {
    listeners.delete(listener)
    letGo()
    document.removeEventListener('visibilitychange', tell)
  }
}

export const usePermission = (): Permission => useSyncExternalStore(subscribe, current)

/** Asks the person. Only from a press: a browser that is asked by itself says no for good. */
export async function askPermission(): Promise<void> {
  if (current() === 'missing') return
  await Notification.requestPermission()
  tell()
}
