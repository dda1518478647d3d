import { useSyncExternalStore } from 'react'
import type { SeenCall } from './panics.ts'

const KEY = 'hearthnet.lora.seen'
/** Calls remembered as seen; more than a device keeps. */
const MOST = 200
const listeners = new Set<() => void>()

const isSeenCall = (value: unknown): value is SeenCall =>
  typeof value === 'object' &&
  value !== null &&
  'sender' in value &&
  typeof value.sender === 'string' &&
  'since' in value &&
  typeof value.since === 'number' &&
  'sure' in value &&
  typeof value.sure === 'boolean'

function read(): readonly SeenCall[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isSeenCall) : []
  } catch {
    return [] // refused or damaged storage: a call is shown once more rather than never
  }
}

let seen: readonly SeenCall[] = read()

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

/** Remembers which calls for help this person has seen, on this device and in all its tabs. */
export function rememberSeen(calls: readonly SeenCall[]): void {
  if (calls === seen) return
  seen = calls.slice(-MOST)
  try {
    localStorage.setItem(KEY, JSON.stringify(seen))
  } catch {
    // a browser that refuses storage shows the call again after a reload
  }
  tell()
}

export const seenCalls = (): readonly SeenCall[] => seen

export const useSeen = (): readonly SeenCall[] => useSyncExternalStore(subscribe, seenCalls)
