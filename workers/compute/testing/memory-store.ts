import { HearthError } from '#protocol/core/errors.ts'
import type { ModelStore } from '../model/store.ts'

export interface MemoryModelStore extends ModelStore {
  readonly contents: Map<string, Map<string, Uint8Array<ArrayBuffer>>>
  /** Bytes that may still be written. */
  room: number
}

/** The twin of the browser's file system. */
export function createMemoryModelStore(
  given: Readonly<Record<string, ReadonlyMap<string, Uint8Array<ArrayBuffer>>>> = {},
): MemoryModelStore {
  const contents = new Map(Object.entries(given).map(([model, files]) => [model, new Map(files)]))
  const store: MemoryModelStore = {
    contents,
    room: Number.POSITIVE_INFINITY,
    models: async () => [...contents].flatMap(([name, files]) => (files.size > 0 ? [name] : [])).sort(),
    files: async (model) => new Map([...(contents.get(model) ?? [])].map(([name, { length }]) => [name, length])),
    async read(model, file, offset, length) {
      const bytes = contents.get(model)?.get(file)
      if (!bytes) throw new HearthError('not_found', `${file} of ${model} cannot be read`)
      return bytes.slice(offset, offset + length)
    },
    async write(model, file, offset, bytes) {
      const size = contents.get(model)?.get(file)?.length ?? 0
      if (offset + bytes.length > size) await store.resize(model, file, offset + bytes.length)
      contents.get(model)?.get(file)?.set(bytes, offset)
    },
    async resize(model, file, size) {
      const files = contents.get(model) ?? new Map<string, Uint8Array<ArrayBuffer>>()
      contents.set(model, files)
      const before = files.get(file) ?? new Uint8Array(0)
      if (size - before.length > store.room) throw new HearthError('capacity_exceeded', 'the disk is full')
      store.room -= size - before.length
      const after = new Uint8Array(size)
      after.set(before.subarray(0, size))
      files.set(file, after)
    },
    async remove(model, file) {
      if (file === undefined) contents.delete(model)
      else contents.get(model)?.delete(file)
    },
    free: async () => (Number.isFinite(store.room) ? store.room : null),
  }
  return store
}
