import type { Static } from '@sinclair/typebox'
import type { NodeId } from '#protocol/core/ids.ts'
import { CountSchema, NodeIdSchema, Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import type { Drawer } from '../../kernel/shelf.ts'

/** Members whose place is kept; the one proven longest ago goes first. */
const MAX_WINDOWS = 1024
const OrNone = Type.Integer({ minimum: -1 })

const WindowSchema = Strict({
  node_id: NodeIdSchema,
  /** The chain that `disclosed` and `spent` count in. */
  starts_at: CountSchema,
  /** Newest key that is known to be out; -1 for none. */
  disclosed: OrNone,
  /** Newest panic token that was seen; -1 for none. */
  spent: OrNone,
  /** The newest proven frame: nothing of this time and count, or older, is proven again. */
  unix_seconds: CountSchema,
  sequence: CountSchema,
})
export type Window = Static<typeof WindowSchema>

/** `lora.windows` on the shelf (LOR-10). */
export const WindowsSchema = Strict({ windows: Type.Array(WindowSchema, { maxItems: MAX_WINDOWS }) })
export const NO_WINDOWS: Static<typeof WindowsSchema> = { windows: [] }

export interface Windows {
  /** Of a member in this chain; a new chain counts its keys from the start, and time goes on. */
  of(nodeId: NodeId, startsAt: number): Window
  /** Moves forward, never back. */
  advance(nodeId: NodeId, startsAt: number, to: Partial<Pick<Window, 'disclosed' | 'spent'>> & Partial<Place>): void
  /** Everything so far is durable when it resolves. */
  flush(): Promise<void>
}

/** Where a frame stands in what its sender sent: their clock, then their count. */
export interface Place {
  readonly unix_seconds: number
  readonly sequence: number
}

/** Counts wrap within one second only for a sender who sends 65,536 frames in it, so the larger one is the later one. */
export const isAfter = (a: Place, b: Place): boolean =>
  a.unix_seconds > b.unix_seconds || (a.unix_seconds === b.unix_seconds && a.sequence > b.sequence)

/** What was proven of whom, kept across restarts: a frame that was recorded before one is worth nothing after it (LOR-10). */
export function createWindows(drawer: Drawer<Static<typeof WindowsSchema>>): Windows {
  const windows = new Map(drawer.get().windows.map((window) => [window.node_id, window]))
  let writing: Promise<void> | null = null
  let dirty = false

  async function write(): Promise<void> {
    while (dirty) {
      dirty = false
      await drawer.set({ windows: [...windows.values()] })
    }
  }

  function save(): Promise<void> {
    dirty = true
    writing ??= write().finally(() => {
      writing = null
    })
    return writing
  }

  function of(nodeId: NodeId, startsAt: number): Window {
    const known = windows.get(nodeId)
    if (known?.starts_at === startsAt) return known
    const { unix_seconds, sequence } = known ?? { unix_seconds: 0, sequence: 0 }
    return { node_id: nodeId, starts_at: startsAt, disclosed: -1, spent: -1, unix_seconds, sequence }
  }

  return {
    of,
    advance(nodeId, startsAt, to) {
      const before = of(nodeId, startsAt)
      const place: Place = { unix_seconds: to.unix_seconds ?? 0, sequence: to.sequence ?? 0 }
      const next: Window = {
        ...before,
        disclosed: Math.max(before.disclosed, to.disclosed ?? -1),
        spent: Math.max(before.spent, to.spent ?? -1),
        ...(isAfter(place, before) ? place : {}),
      }
      windows.delete(nodeId)
      windows.set(nodeId, next)
      const [oldest] = windows.keys()
      if (windows.size > MAX_WINDOWS && oldest !== undefined) windows.delete(oldest)
      save().catch(reportError)
    },
    async flush() {
      if (dirty || writing) await save()
    },
  }
}
