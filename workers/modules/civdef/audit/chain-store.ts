import { Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import type { Drawer, Shelf } from '../../../kernel/shelf.ts'
import type { Epoch } from './verify.ts'

/** Where a chain lies on this device. What was appended is durable when the promise resolves. */
export interface ChainStore {
  /** Oldest first; at least one. */
  load(): Promise<readonly Epoch[]>
  append(epoch: number, index: number, text: string): Promise<void>
  saveCheckpoints(epoch: number, notes: readonly string[]): Promise<void>
  begin(epoch: number, start: number): Promise<void>
}

/** Entries in one drawer: an append rewrites one of them, a start reads them all. */
const PER_SEGMENT = 64

const HeadSchema = Strict({
  epochs: Type.Array(Strict({ start: Type.Integer({ minimum: 0 }), checkpoints: Type.Array(Type.String()) })),
})
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

  const changed = (epoch: number, checkpoints: readonly string[]) =>
    head.get().epochs.map((one, number) => (number === epoch ? { ...one, checkpoints: [...checkpoints] } : one))

  return {
    async load() {
      const epochs: Epoch[] = []
      for (const [epoch, { start, checkpoints }] of head.get().epochs.entries()) {
        const entries: string[] = []
        for (let number = 0; ; number++) {
          const texts = (await segment(epoch, number)).get()
          entries.push(...texts)
          if (texts.length < PER_SEGMENT) break
        }
        epochs.push({ epoch, start, entries, checkpoints })
      }
      return epochs
    },

    async append(epoch, index, text) {
      const drawer = await segment(epoch, Math.floor(index / PER_SEGMENT))
      await drawer.set([...drawer.get(), text])
    },

    saveCheckpoints: (epoch, notes) => head.set({ epochs: changed(epoch, notes) }),

    async begin(epoch, start) {
      const epochs = [...head.get().epochs]
      epochs[epoch] = { start, checkpoints: [] }
      await head.set({ epochs })
    },
  }
}
