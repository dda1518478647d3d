import { toHearthError } from '#protocol/core/errors.ts'
import type { ContentId } from '#protocol/core/ids.ts'
import type { EventLog } from './log/log.ts'
import type { Runtime } from './runtime.ts'
import type { Store } from './store/store.ts'
import { createView, type FedView, type SavedPart, type View, type ViewDefinition } from './views.ts'

/** A view is saved when this many events came since, and the log was quiet for a moment. */
const SNAPSHOT_EVENTS = 2000
const QUIET_MS = 5000

/** A view as it was at a place in the order of arrival. */
interface Snapshot {
  readonly version: number
  readonly position: number
  /** What did not count then; if that has changed, the parts are not what the log says now. */
  readonly uncounted: readonly ContentId[]
  /** `SavedPart[]` as JSON text: one string is read back several times faster than as many objects. */
  readonly parts: string
}

export interface Views {
  /** Brings a view up to the log, from its snapshot where that still holds, and keeps it current. */
  open<Item, Row>(definition: ViewDefinition<Item, Row>): Promise<View<Row>>
  close(id: string): void
}

export interface ViewHostDeps {
  readonly runtime: Runtime
  readonly store: Store
  readonly log: EventLog
}

interface Fed {
  readonly view: FedView<unknown>
  readonly version: number
  /** Where its last snapshot was taken. */
  saved: number
}

const sameIds = (a: readonly ContentId[], b: readonly ContentId[]): boolean =>
  a.length === b.length && a.every((cid, index) => cid === b[index])

/** Feeds views from a log. A view that opens while events arrive misses none and sees none twice. */
export function createViews({ runtime, store, log }: ViewHostDeps): Views {
  const fed = new Map<string, Fed>()
  let cancelSave = (): void => {}

  async function snapshotOf(id: string, version: number, types: ReadonlySet<string>): Promise<Snapshot | null> {
    // written by `save` alone
    const snapshot = (await store.get('snapshot', id)) as Snapshot | undefined
    if (snapshot?.version !== version || snapshot.position > log.position()) return null
    return sameIds(snapshot.uncounted, log.uncounted(types, snapshot.position)) ? snapshot : null
  }

  async function save(id: string, entry: Fed): Promise<void> {
    const position = log.position()
    const uncounted = log.uncounted(entry.view.types, position)
    const value: Snapshot = { version: entry.version, position, uncounted, parts: JSON.stringify(entry.view.parts()) }
    entry.saved = position
    try {
      await store.write([{ table: 'snapshot', key: id, value }])
    } catch (error) {
      // a full device has no room for what can be made again
      if (toHearthError(error).code !== 'capacity_exceeded') throw error
    }
  }

  function saveWhenQuiet(): void {
    cancelSave()
    cancelSave = runtime.after(QUIET_MS, () => {
      for (const [id, entry] of fed) {
        if (log.position() - entry.saved >= SNAPSHOT_EVENTS) save(id, entry).catch(reportError)
      }
    })
  }

  log.changed.on(({ added, removed }) => {
    for (const { view } of fed.values()) {
      view.apply(
        added.filter(({ event }) => view.types.has(event.event_type)),
        removed,
      )
    }
    saveWhenQuiet()
  })

  return {
    async open(definition) {
      const view = createView(definition)
      const snapshot = await snapshotOf(definition.id, definition.version, view.types)
      // what `save` wrote of this very version
      if (snapshot) view.restore(JSON.parse(snapshot.parts) as readonly SavedPart[])
      fed.set(definition.id, { view, version: definition.version, saved: snapshot?.position ?? 0 })
      // what arrives or goes while this reads is applied by the listener; a second time changes nothing
      const gone = new Set<ContentId>()
      const stopWatching = log.changed.on(({ removed }) => {
        for (const cid of removed) gone.add(cid)
      })
      for await (const batch of log.past(view.types, snapshot?.position)) {
        view.apply(
          batch.filter(({ cid }) => !gone.has(cid)),
          [],
        )
      }
      stopWatching()
      saveWhenQuiet()
      return view
    },
    close(id) {
      fed.delete(id)
    },
  }
}
