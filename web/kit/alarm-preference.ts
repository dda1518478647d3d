import { useSyncExternalStore } from 'react'

const KEY = 'hearthnet.alarm'
const OFF = 'off'
const listeners = new Set<() => void>()

function isWanted(): boolean {
  try {
    return localStorage.getItem(KEY) !== OFF
  } catch {
    return true // where nothing can be remembered, an alarm is worth more than silence
  }
}

function setWanted(wanted: boolean): void {
  try {
    if (wanted) localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, OFF)
  } catch {
    // a browser that refuses storage keeps the sound on
  }
  for (const listener of [...listeners]) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  addEventListener('storage', listener) // another tab of this device
  return () => {
    listeners.delete(listener)
    removeEventListener('storage', listener)
  }
}

/** Whether this device makes a sound when something cannot wait; the person's choice, for this device only. */
export function useAlarmPreference(): readonly [wanted: boolean, setWanted: (wanted: boolean) => void] {
  return [useSyncExternalStore(subscribe, isWanted, isWanted), setWanted]
}
