import type { NodeClient } from '../port/client.ts'
import type { Connection, ConnectionState } from '../port/connection.ts'
import { createQueryStore } from '../port/query-store.ts'

/** A connection to a client that is there from the start, for `NodeProvider`. @param role `follower`: its node is another tab's */
export function createFakeConnection(client: NodeClient, role: ConnectionState['role'] = 'leader'): Connection {
  const queries = createQueryStore()
  queries.setClient(client)
  const state: ConnectionState = { phase: 'ready', role, client, error: undefined }
  const nothing = (): void => undefined
  return { queries, get: () => state, subscribe: () => nothing, retry: nothing, takeOver: nothing, close: () => client.close() }
}
