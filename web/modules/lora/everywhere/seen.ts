import { useSyncExternalStore } from 'react'

const KEY = 'hearthnet.lora.seen'
/** Calls remembered as seen; far more than a device keeps. */
const MOST = 400
const listeners = new Set<() => void>()
let seen: ReadonlySet<string> = read()

function read(): ReadonlySet<string> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return new Set(Array.isArray(stored) ? stored.filter((entry) => typeof entry === 'string') : [])
  } catch {
    return new Set() // refused or damaged storage: a call is shown once more rather than never
  }
}

function tell(): void {
  for (const listener of [...listeners]) listener()
}

function reread(): void {
  seen = read()
  tell()
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener('storage', reread) // seen in another tab is seen
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) removeEventListener('storage', reread)
  }
}

/** Notes calls for help as seen by this person, on this device and in all its tabs. */
export function markSeen(keys: readonly string[]): void {
  seen = new Set([...seen, ...keys].slice(-MOST))
  try {
    localStorage.setItem(KEY, JSON.stringify([...seen]))
  } catch {
    // a browser that refuses storage shows the call again after a reload
  }
  tell()
}

export const useSeen = (): ReadonlySet<string> => useSyncExternalStore(subscribe, () => seen)
