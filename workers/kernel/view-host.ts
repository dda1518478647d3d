import type { ContentId } from '#protocol/core/ids.ts'
import type { EventLog } from './log/log.ts'
import { createView, type FedView, type View, type ViewDefinition } from './views.ts'

export interface Views {
  /** Replays the log into a view and keeps it current. */
  open<Item, Row>(definition: ViewDefinition<Item, Row>): Promise<View<Row>>
  close(id: string): void
}

/** Feeds views from a log. A view that opens while events arrive misses none and sees none twice. */
export function createViews(log: EventLog): Views {
  const fed = new Map<string, FedView<unknown>>()
  log.changed.on(({ added, removed }) => {
    for (const view of fed.values()) {
      view.apply(
        added.filter(({ event }) => view.types.has(event.event_type)),
        removed,
      )
    }
  })
  return {
    async open(definition) {
      const view = createView(definition)
      fed.set(definition.id, view)
      // what arrives or goes while this reads is applied by the listener; a second time changes nothing
      const gone = new Set<ContentId>()
      const stopWatching = log.changed.on(({ removed }) => {
        for (const cid of removed) gone.add(cid)
      })
      for await (const batch of log.past(view.types)) {
        view.apply(
          batch.filter(({ cid }) => !gone.has(cid)),
          [],
        )
      }
      stopWatching()
      return view
    },
    close(id) {
      fed.delete(id)
    },
  }
}
