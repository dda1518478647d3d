import type { NodeClient } from '../port/client.ts'
import type { Connection, ConnectionState } from '../port/connection.ts'
import { createQueryStore } from '../port/query-store.ts'

/** A connection to a client that is there from the start, for `NodeProvider`. */
export function createFakeConnection(client: NodeClient): Connection {
  const queries = createQueryStore()
  queries.setClient(client)
  const state: ConnectionState = { phase: 'ready', role: 'leader', client, error: undefined }
  const nothing = (): void => undefined
  return { queries, get: () => state, subscribe: () => nothing, retry: nothing, takeOver: nothing, close: () => client.close() }
}
