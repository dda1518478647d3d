import { useSyncExternalStore } from 'react'

const STORAGE_KEY = 'hearthnet.ask.others-may-read'

const listeners = new Set<() => void>()
/** Where the browser refuses storage: for as long as the page is open. */
let unstored: string | null = null

function read(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY) ?? unstored
  } catch {
    return unstored
  }
}

function write(at: string | null): void {
  unstored = at
  try {
    if (at === null) localStorage.removeItem(STORAGE_KEY)
    else localStorage.setItem(STORAGE_KEY, at)
  } catch {
    // refused storage only costs being asked again
  }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  // another tab of this device
  addEventListener('storage', listener)
  return () => {
    listeners.delete(listener)
    removeEventListener('storage', listener)
  }
}

export interface Consent {
  /** RFC 3339; null where the person has not agreed, or has taken it back. */
  readonly givenAt: string | null
  readonly give: () => void
  readonly revoke: () => void
}

const give = (): void => write(new Date().toISOString())
const revoke = (): void => write(null)

/** Whether the person at this device agrees that others who compute can read along (DLM-5); kept on this device only. */
export const useConsent = (): Consent => ({ givenAt: useSyncExternalStore(subscribe, read, () => null), give, revoke })
