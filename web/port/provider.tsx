import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react'
import type { HearthError } from '#protocol/core/errors.ts'
import type { Connection } from './connection.ts'
import { pageConnection } from './page-connection.ts'

const ConnectionContext = createContext<Connection | null>(null)

export interface NodeProviderProps {
  /** Left out in the app: then the page's own. */
  readonly connection?: Connection
  readonly children: ReactNode
}

/** Gives the screens below a node to ask. */
export function NodeProvider({ connection, children }: NodeProviderProps) {
  return <ConnectionContext value={connection ?? pageConnection()}>{children}</ConnectionContext>
}

export function useConnection(): Connection {
  const connection = useContext(ConnectionContext)
  if (!connection) throw new TypeError('a NodeProvider is missing above')
  return connection
}

export interface NodePhase {
  readonly phase: 'starting' | 'ready' | 'failed'
  /** `leader`: the node runs in this tab; `follower`: in another one. */
  readonly role: 'leader' | 'follower'
  readonly error: HearthError | undefined
  readonly retry: () => void
  readonly takeOver: () => void
}

/** How the node behind this screen is. */
export function useNodePhase(): NodePhase {
  const { get, subscribe, retry, takeOver } = useConnection()
  const { phase, role, error } = useSyncExternalStore(subscribe, get, get)
  return { phase, role, error, retry, takeOver }
}
