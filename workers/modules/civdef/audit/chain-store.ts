import { Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import type { Drawer, Shelf } from '../../../kernel/shelf.ts'
import type { Base, Epoch } from './verify.ts'

/** Where a chain lies on this device. What was appended is durable when the promise resolves. */
export interface ChainStore {
  /** Oldest first; at least one. */
  load(): Promise<readonly Epoch[]>
  append(epoch: number, index: number, text: string): Promise<void>
  /** The canonical record that the entry at `index` is about; kept before the entry, so that no entry is without one. */
  keepRecord(epoch: number, index: number, text: string): Promise<void>
  /** Null where there is none, or none any more. */
  record(epoch: number, index: number): Promise<string | null>
  saveCheckpoints(epoch: number, notes: readonly string[]): Promise<void>
  begin(epoch: number, start: number): Promise<void>
  /** Deletes entries and records before the base, for good (AUD-6). */
  cut(epoch: number, base: Base, checkpoints: readonly string[]): Promise<void>
}

/** Entries in one drawer: an append rewrites one of them, a start reads them all. */
const PER_SEGMENT = 64

const BaseSchema = Strict({
  size: Type.Integer({ minimum: 1 }),
  hashes: Type.Array(Type.String()),
  sha: Type.String(),
  years: Type.Integer({ minimum: 1 }),
})
const EpochSchema = Strict({
  start: Type.Integer({ minimum: 0 }),
  checkpoints: Type.Array(Type.String()),
  base: Type.Optional(BaseSchema),
  /** Entries that are wiped: less than the base says where the device went off in between. */
  wiped: Type.Optional(Type.Integer({ minimum: 0 })),
})
const HeadSchema = Strict({ epochs: Type.Array(EpochSchema) })
// texts, not entries: what was changed on the disk must reach the check and not count as an empty drawer
const SegmentSchema = Type.Array(Type.String())
type Segment = Drawer<string[]>

export async function openChainStore(shelf: Shelf): Promise<ChainStore> {
  const head = await shelf.open('civdef.audit', HeadSchema, { epochs: [{ start: 0, checkpoints: [] }] })
  const segments = new Map<string, Segment>()

  async function segment(epoch: number, number: number): Promise<Segment> {
    const key = `civdef.audit.${epoch}.${number}`
    const known = segments.get(key)
    if (known) return known
    const opened = await shelf.open(key, SegmentSchema, [])
    segments.set(key, opened)
    return opened
  }
  const recordAt = (epoch: number, index: number) => shelf.open(`civdef.audit.${epoch}.record.${index}`, Type.String(), '')

  const change = (epoch: number, next: Partial<(typeof HeadSchema)['static']['epochs'][number]>) =>
    head.set({ epochs: head.get().epochs.map((one, number) => (number === epoch ? { ...one, ...next } : one)) })

  /** Overwrites entries and records of `from` … `to` − 1. What comes after them keeps its place. */
  async function wipe(epoch: number, from: number, to: number): Promise<void> {
    for (let index = from; index < to; index++) await (await recordAt(epoch, index)).set('')
    for (let number = Math.floor(from / PER_SEGMENT); number * PER_SEGMENT < to; number++) {
      const drawer = await segment(epoch, number)
      const first = number * PER_SEGMENT
      await drawer.set(to >= first + PER_SEGMENT ? [] : drawer.get().map((text, at) => (first + at < to ? '' : text)))
    }
    await change(epoch, { wiped: to })
  }

  return {
    async load() {
      const epochs: Epoch[] = []
      for (const [epoch, { start, checkpoints, base, wiped = 0 }] of head.get().epochs.entries()) {
        const gone = base?.size ?? 0
        if (wiped < gone) await wipe(epoch, wiped, gone)
        const entries: string[] = []
        for (let number = Math.floor(gone / PER_SEGMENT); ; number++) {
          const texts = (await segment(epoch, number)).get()
          entries.push(...texts.slice(Math.max(0, gone - number * PER_SEGMENT)))
          if (texts.length < PER_SEGMENT) break
        }
        epochs.push({ epoch, start, entries, checkpoints, ...(base ? { base } : {}) })
      }
      return epochs
    },

    async append(epoch, index, text) {
      const drawer = await segment(epoch, Math.floor(index / PER_SEGMENT))
      await drawer.set([...drawer.get(), text])
    },

    keepRecord: async (epoch, index, text) => (await recordAt(epoch, index)).set(text),
    record: async (epoch, index) => (await recordAt(epoch, index)).get() || null,

    saveCheckpoints: (epoch, notes) => change(epoch, { checkpoints: [...notes] }),

    async begin(epoch, start) {
      const epochs = [...head.get().epochs]
      epochs[epoch] = { start, checkpoints: [] }
      await head.set({ epochs })
    },

    async cut(epoch, base, checkpoints) {
      const before = head.get().epochs[epoch]?.wiped ?? 0
      await change(epoch, { base: { ...base, hashes: [...base.hashes] }, checkpoints: [...checkpoints] })
      await wipe(epoch, before, base.size)
    },
  }
}
