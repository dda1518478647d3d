import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ModelStore } from '../model/store.ts'

const bytes = (length: number, value = 1): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(value)

/** What every place for models does. */
export function describeModelStore(kind: string, open: () => Promise<ModelStore>): void {
  describe(`models kept ${kind}`, () => {
    const empty = async (): Promise<void> => {
      const store = await open()
      for (const model of await store.models()) await store.remove(model)
    }
    // other files of tests may have left some in the same place
    beforeEach(empty)
    afterEach(empty)

    it('are files by their paths, with zeros where nothing was written yet', async () => {
      const store = await open()
      await store.write('tiny', 'onnx/model.onnx', 70_000, bytes(10))
      await store.write('tiny', 'onnx/model.onnx', 5, bytes(3, 2))
      await store.write('tiny', 'config.json', 0, bytes(4))
      expect(await store.models()).toEqual(['tiny'])
      expect(new Map([...(await store.files('tiny'))].sort())).toEqual(
        new Map([
          ['config.json', 4],
          ['onnx/model.onnx', 70_010],
        ]),
      )
      expect(await store.read('tiny', 'onnx/model.onnx', 3, 7)).toEqual(Uint8Array.of(0, 0, 2, 2, 2, 0, 0))
      expect(await store.read('tiny', 'onnx/model.onnx', 70_008, 100)).toEqual(bytes(2))
    })

    it('are written by many at a time', async () => {
      const store = await open()
      const pieces = Array.from({ length: 40 }, (_, piece) => piece)
      await Promise.all(
        pieces.flatMap((piece) => [
          store.write('tiny', 'weights', piece * 1000, bytes(1000, piece)),
          store.read('tiny', 'weights', 0, 10).catch(() => null),
        ]),
      )
      for (const piece of pieces) expect(await store.read('tiny', 'weights', piece * 1000, 1000)).toEqual(bytes(1000, piece))
    })

    it('are cut off, made longer, and removed, alone or with all that is theirs', async () => {
      const store = await open()
      await store.write('tiny', 'a/b/weights', 0, bytes(100))
      await store.resize('tiny', 'a/b/weights', 10)
      await store.resize('tiny', 'a/b/weights', 20)
      expect(await store.read('tiny', 'a/b/weights', 8, 4)).toEqual(Uint8Array.of(1, 1, 0, 0))
      await store.resize('tiny', 'empty', 0)
      await store.remove('tiny', 'a/b/weights')
      expect(await store.files('tiny')).toEqual(new Map([['empty', 0]]))
      await store.remove('tiny')
      expect([await store.models(), await store.files('tiny')]).toEqual([[], new Map()])
      await store.remove('tiny')
      await store.remove('tiny', 'never')
    })

    it('that are not there are not found', async () => {
      const store = await open()
      await expect(store.read('tiny', 'weights', 0, 1)).rejects.toMatchObject({ code: 'not_found' })
      const free = await store.free()
      expect(free === null || free > 0).toBe(true)
    })
  })
}
