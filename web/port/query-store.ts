import { canonical } from '#protocol/core/canonical.ts'
import type { Capability, Input, Output } from '#protocol/core/capability.ts'
import { type HearthError, toHearthError } from '#protocol/core/errors.ts'
import { eventsWatch } from '#protocol/events/capabilities.ts'
import type { NodeClient } from './client.ts'

/** What a screen knows of an answer. While asking again the last answer stays. */
export type QueryState<T> =
  | { readonly status: 'loading' }
  | { readonly status: 'ready'; readonly data: T; readonly refreshing: boolean }
  | { readonly status: 'failed'; readonly error: HearthError; readonly retry: () => void }

/** One question, shared by all screens that ask it. */
export interface Query<T> {
  readonly get: () => QueryState<T>
  /** Asks while anyone listens. */
  readonly subscribe: (listener: () => void) => () => void
}

export interface QueryStore {
  query<C extends Capability>(capability: C, input: Input<C>): Query<Output<C>>
  /** The node to ask, or null while there is none: answers stay on screen and are asked for again at the next one. */
  setClient(client: NodeClient | null): void
}

/** What the store needs of the window. */
export interface QueryPlatform {
  /** Runs `task` before the next paint: a burst of events asks once. */
  onFrame(task: () => void): void
  after(ms: number, task: () => void): () => void
}

/** How long an answer nobody looks at is kept, so that going back shows it at once. */
const KEEP_MS = 30_000
/** After this a tab that does not paint asks anyway. */
const HIDDEN_MS = 200
/** Pause before a broken watch is opened again. */
const REWATCH_MS = 1000

interface Entry {
  readonly capability: Capability
  readonly input: unknown
  readonly listeners: Set<() => void>
  state: QueryState<unknown>
  /** Counts askings: only the newest may answer. */
  round: number
  /** The round that waits for its answer, or null. */
  underWay: number | null
  /** What the answer depends on changed while one was under way: it is asked once more then, not with every event. */
  outdated: boolean
  stopKeeping: (() => void) | null
}

const browserPlatform: QueryPlatform = {
  onFrame(task) {
    let done = false
    const once = () => {
      if (!done) task()
      done = true
    }
    requestAnimationFrame(once)
    // a hidden tab paints nothing, and what must ring there cannot wait until somebody looks
    setTimeout(once, HIDDEN_MS)
  },
  after(ms, task) {
    const timer = setTimeout(task, ms)
    return () => clearTimeout(timer)
  },
}

export function createQueryStore(platform: QueryPlatform = browserPlatform): QueryStore {
  const entries = new Map<string, Entry>()
  let client: NodeClient | null = null
  let watching = new AbortController()

  function update(entry: Entry, state: QueryState<unknown>): void {
    entry.state = state
    for (const listener of [...entry.listeners]) listener()
  }

  async function askNow(entry: Entry): Promise<void> {
    const asked = client
    const round = ++entry.round
    entry.underWay = round
    entry.outdated = false
    if (entry.state.status === 'ready') update(entry, { ...entry.state, refreshing: true })
    else if (entry.state.status === 'failed') update(entry, { status: 'loading' })
    if (!asked) return
    // an answer to an older asking, or from a node that has been replaced, is not news
    const isCurrent = (): boolean => round === entry.round && asked === client
    try {
      const data = await asked.call(entry.capability, entry.input)
      if (isCurrent()) update(entry, { status: 'ready', data, refreshing: false })
    } catch (thrown) {
      if (isCurrent()) update(entry, { status: 'failed', error: toHearthError(thrown), retry: () => void askNow(entry) })
    }
    if (entry.underWay !== round) return
    entry.underWay = null
    if (entry.outdated && entry.listeners.size > 0) void askNow(entry)
  }

  const changed = new Set<string>()

  function askChanged(): void {
    for (const entry of entries.values()) {
      if (entry.listeners.size === 0 || !entry.capability.answersFrom.some((type) => changed.has(type))) continue
      if (entry.underWay === null) void askNow(entry)
      else entry.outdated = true
    }
    changed.clear()
  }

  function note(types: readonly string[]): void {
    if (changed.size === 0) platform.onFrame(askChanged)
    for (const type of types) changed.add(type)
  }

  /** One watch for all queries of a client; it opens before the first question, so that no change falls in between. */
  async function watch(watched: NodeClient, signal: AbortSignal): Promise<void> {
    try {
      for await (const { types } of watched.stream(eventsWatch, {}, { signal })) note(types)
    } catch (thrown) {
      if (signal.aborted) return
      reportError(thrown)
    }
    platform.after(REWATCH_MS, () => {
      if (signal.aborted) return
      askAll()
      void watch(watched, signal)
    })
  }

  function askAll(): void {
    for (const [key, entry] of entries) {
      if (entry.listeners.size > 0) void askNow(entry)
      else forget(key, entry)
    }
  }

  function forget(key: string, entry: Entry): void {
    entry.stopKeeping?.()
    entries.delete(key)
  }

  function subscribe(key: string, entry: Entry, listener: () => void): () => void {
    entries.set(key, entry)
    entry.stopKeeping?.()
    entry.stopKeeping = null
    entry.listeners.add(listener)
    if (entry.listeners.size === 1) void askNow(entry)
    return () => {
      entry.listeners.delete(listener)
      if (entry.listeners.size === 0) entry.stopKeeping = platform.after(KEEP_MS, () => forget(key, entry))
    }
  }

  function query<C extends Capability>(capability: C, input: Input<C>): Query<Output<C>> {
    const key = `${capability.name} ${canonical(input)}`
    const entry = entries.get(key) ?? {
      capability,
      input,
      listeners: new Set(),
      state: { status: 'loading' },
      round: 0,
      underWay: null,
      outdated: false,
      stopKeeping: null,
    }
    // not yet among the entries: React may ask during a render that it throws away
    return {
      get: () => (entries.get(key) ?? entry).state as QueryState<Output<C>>, // answers come from this capability only
      subscribe: (listener) => subscribe(key, entries.get(key) ?? entry, listener),
    }
  }

  return {
    query,
    setClient(next) {
      if (next === client) return
      client = next
      watching.abort()
      watching = new AbortController()
      if (next) void watch(next, watching.signal)
      askAll()
    },
  }
}
