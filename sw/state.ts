import { type DBSchema, openDB } from 'idb'

/** One build of the app, as it was installed on this device. */
export interface BuildState {
  readonly version: string
  /** Hash over the list of files: two builds of one version differ here. */
  readonly build: string
  /** RFC 3339 UTC (ENC-4). */
  readonly installedAt: string
}

export interface BuildHistory {
  readonly active: BuildState | null
  readonly previous: BuildState | null
  /** Installed, and waiting until the person lets it take over. */
  readonly waiting: BuildState | null
}

export const EMPTY_HISTORY: BuildHistory = { active: null, previous: null, waiting: null }

export const withInstalled = (history: BuildHistory, build: BuildState): BuildHistory => ({ ...history, waiting: build })

/** Activation of `build`; a second activation of the active build, which browsers allow, changes nothing. */
export const withActivated = (history: BuildHistory, build: string): BuildHistory => {
  if (history.waiting?.build !== build) return history
  return { active: history.waiting, previous: history.active, waiting: null }
}

interface StateSchema extends DBSchema {
  history: { key: 'history'; value: BuildHistory }
}

export interface BuildStore {
  read(): Promise<BuildHistory>
  update(change: (history: BuildHistory) => BuildHistory): Promise<void>
}

/** Its own small database: the node's belongs to the node worker, which may be a version older or newer. */
export const createBuildStore = (name = 'hearthnet-sw'): BuildStore => {
  const database = openDB<StateSchema>(name, 1, {
    upgrade(db) {
      db.createObjectStore('history')
    },
  })
  return {
    async read() {
      return (await (await database).get('history', 'history')) ?? EMPTY_HISTORY
    },
    async update(change) {
      const transaction = (await database).transaction('history', 'readwrite')
      const before = (await transaction.store.get('history')) ?? EMPTY_HISTORY
      await transaction.store.put(change(before), 'history')
      await transaction.done
    },
  }
}
