import { type Connection, connectNode } from './connection.ts'
import { startNode } from './node-process.ts'
import { browserTab } from './tab-platform.ts'

let connection: Connection | undefined

/** A page has one node, however often React mounts: made at the first use, ended with the page. */
export function pageConnection(): Connection {
  if (connection) return connection
  const made = connectNode(browserTab(startNode))
  connection = made
  addEventListener('pagehide', made.close)
  // a page out of the back-forward cache has let go of its node
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload()
  })
  return made
}
