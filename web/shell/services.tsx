import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Install } from './install.ts'
import type { Updates } from './update.ts'

/** What the shell gets from the browser, made once in `main.tsx`. */
export interface Services {
  readonly install: Install
  readonly updates: Updates
}

const ServicesContext = createContext<Services | null>(null)
export const ServicesProvider = ServicesContext

function useServices(): Services {
  const services = useContext(ServicesContext)
  if (!services) throw new TypeError('useServices needs a ServicesProvider above it')
  return services
}

export function useUpdate() {
  const { updates } = useServices()
  return { ready: useSyncExternalStore(updates.subscribe, updates.ready, updates.ready), apply: updates.apply }
}

export function useInstall() {
  const { install } = useServices()
  return { state: useSyncExternalStore(install.subscribe, install.state, install.state), prompt: install.prompt }
}

const onNetwork = (changed: () => void) => {
  addEventListener('online', changed)
  addEventListener('offline', changed)
  return () => {
    removeEventListener('online', changed)
    removeEventListener('offline', changed)
  }
}

/** False when the device itself has no network at all; true says nothing about the internet. */
export const useOnline = (): boolean =>
  useSyncExternalStore(
    onNetwork,
    () => navigator.onLine,
    () => true,
  )
