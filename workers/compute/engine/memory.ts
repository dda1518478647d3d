import type { Shard } from '../cut/cut.ts'
import type { OpenModel } from './engine.ts'
import type { ShardRunner } from './shard-runner.ts'

/** A shard that is loaded, and who uses it. */
export interface Entry {
  readonly model: OpenModel
  readonly shard: Shard
  readonly runner: ShardRunner
  /** Of its weights. */
  readonly bytes: number
  /** Of one token of one conversation. */
  readonly perToken: number
  /** When each conversation was here last. */
  readonly sequences: Map<string, number>
  /** Stays when it rests. */
  keep: boolean
  usedAt: number
  /** Of steps of one token, each run alone; and of a token in those of several, null before the first. */
  readonly pace: { steps: number; ms: number; ofSeveral: number | null }
}

/** What is loaded, within a budget of bytes (DLM-8). Whatever makes room takes the longest unused first. */
export interface Memory {
  readonly loaded: ReadonlyMap<string, Entry>
  readonly budgetBytes: number
  /** What could be taken without anything having to go. */
  readonly freeBytes: number
  add(id: string, entry: Entry): void
  drop(id: string): Promise<void>
  /** Takes all of it out, and releases nothing. */
  takeAll(): readonly Entry[]
  /** Frees shards without conversations, and then conversations, but not those that are to stay. @returns whether that was enough */
  makeRoom(bytes: number, stay?: { readonly shard: string; readonly sequence: string }): Promise<boolean>
  /** Takes effect at once; where nothing else helps, shards in use go as well. */
  setBudget(bytes: number): Promise<void>
  /** Frees what nobody used since. */
  sweep(since: number): Promise<void>
}

export const forgetIn = (entry: Entry, sequence: string): void => {
  entry.sequences.delete(sequence)
  entry.runner.forget(sequence)
}

export function createMemory(initialBytes: number): Memory {
  const loaded = new Map<string, Entry>()
  let budgetBytes = initialBytes
  const free = (): number =>
    [...loaded.values()].reduce((left, { bytes, runner }) => left - bytes - runner.cacheBytes, budgetBytes)
  const oldest = (): [string, Entry][] => [...loaded].sort(([, a], [, b]) => a.usedAt - b.usedAt)

  async function drop(id: string): Promise<void> {
    const entry = loaded.get(id)
    loaded.delete(id)
    await entry?.runner.release()
  }

  async function makeRoom(bytes: number, stay?: { readonly shard: string; readonly sequence: string }): Promise<boolean> {
    for (const [id, entry] of oldest()) if (free() < bytes && id !== stay?.shard && entry.sequences.size === 0) await drop(id)
    const resting = [...loaded.values()]
      .flatMap((entry) => [...entry.sequences].map(([sequence, at]) => ({ entry, sequence, at })))
      .filter(({ sequence }) => sequence !== stay?.sequence)
      .sort((a, b) => a.at - b.at)
    for (const { entry, sequence } of resting) if (free() < bytes) forgetIn(entry, sequence)
    return free() >= bytes
  }

  return {
    loaded,
    get budgetBytes() {
      return budgetBytes
    },
    get freeBytes() {
      return free()
    },
    add: (id, entry) => void loaded.set(id, entry),
    drop,
    takeAll() {
      const all = [...loaded.values()]
      loaded.clear()
      return all
    },
    makeRoom,
    async setBudget(bytes) {
      budgetBytes = bytes
      if (await makeRoom(0)) return
      for (const [id] of oldest()) if (free() < 0) await drop(id)
    },
    async sweep(since) {
      for (const [id, entry] of [...loaded]) {
        for (const [sequence, at] of [...entry.sequences]) if (at <= since) forgetIn(entry, sequence)
        if (entry.sequences.size === 0 && entry.usedAt <= since && !entry.keep) await drop(id)
      }
    },
  }
}
