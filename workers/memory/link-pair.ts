import { HearthError } from '#protocol/core/errors.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import type { MessageLink } from '../kernel/bus/bus.ts'
import { createQueue, type Queue } from '../kernel/bus/queue.ts'

const gone = (): HearthError => new HearthError('partition', 'the other side is gone')

function linkEnd(mine: Queue<JsonValue>, theirs: Queue<JsonValue>): MessageLink {
  let open = true
  return {
    messages: mine,
    async send(message) {
      if (!open) throw gone()
      theirs.push(message)
    },
    async close() {
      open = false
      theirs.end()
    },
    abort() {
      open = false
      theirs.fail(gone())
      mine.fail(gone())
    },
  }
}

/** The two ends of a link in memory, as a stream between two nodes behaves: after `abort` both sides see `partition`. */
export function createLinkPair(): [MessageLink, MessageLink] {
  const [left, right] = [createQueue<JsonValue>(), createQueue<JsonValue>()]
  return [linkEnd(left, right), linkEnd(right, left)]
}
