import { useSyncExternalStore } from 'react'

const KEY = 'hearthnet.civdef.read'
/** Notices remembered as read; more than stand at any time. */
const MOST = 500
const listeners = new Set<() => void>()

function stored(): readonly string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(found) ? found.filter((one): one is string => typeof one === 'string') : []
  } catch {
    return [] // refused or damaged storage: an alert is shown once more rather than never
  }
}

let read: readonly string[] = stored()

function tell(): void {
  for (const listener of [...listeners]) listener()
}

function reread(): void {
  read = stored()
  tell()
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener('storage', reread) // read in another tab is read
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) removeEventListener('storage', reread)
  }
}

/** Remembers what this person has read, on this device and in all its tabs. @param revisions as notices have them */
export function markRead(revisions: readonly string[]): void {
  const fresh = revisions.filter((one) => !read.includes(one))
  if (fresh.length === 0) return
  read = [...read, ...fresh].slice(-MOST)
  try {
    localStorage.setItem(KEY, JSON.stringify(read))
  } catch {
    // a browser that refuses storage shows it again after a reload
  }
  tell()
}

export const readRevisions = (): readonly string[] => read

export const useRead = (): readonly string[] => useSyncExternalStore(subscribe, readRevisions)
