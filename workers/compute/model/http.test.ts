import { beforeAll, describe, expect, it } from 'vitest'
import { utf8 } from '#protocol/core/encoding.ts'
import type { ModelManifest, Wanted } from '#protocol/distributed-inference/model-manifest.ts'
import { fixtureFiles, folderOf } from '../testing/folder.ts'
import { createMemoryModelStore } from '../testing/memory-store.ts'
import { createWebFolder } from '../testing/web-folder.ts'
import { bringFrom, folderFor } from './app-model.ts'
import { describeFile, readFile, readSmall } from './http.ts'
import { createLibrary } from './library.ts'
import { openModel } from './open-model.ts'

const ALL: Wanted = { layers: null, ends: true }
const { signal } = new AbortController()
const files = fixtureFiles('qwen2-cpu-int4')
let manifest: ModelManifest
let published: Map<string, Uint8Array<ArrayBuffer>>
beforeAll(async () => {
  manifest = (await openModel(folderOf(files, 'hearthnet-demonstration'))).manifest
  published = new Map([...files, ['hearthnet.json', utf8(JSON.stringify(manifest))]])
})

async function all(bytes: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return new Uint8Array(await new Blob(chunks).arrayBuffer())
}

describe('a model on the web', () => {
  it.each([true, false])('is read from the middle on, also where the server knows no ranges: %s', async (ranges) => {
    const web = createWebFolder(published, { ranges })
    const whole = files.get('model.onnx.data') ?? new Uint8Array()
    const part = await all(readFile(web.folder, 'model.onnx.data', { from: 100_000, to: 300_001, signal }))
    expect(Buffer.compare(part, whole.subarray(100_000, 300_001))).toBe(0)
    const rest = await all(readFile(web.folder, 'model.onnx.data', { from: 3_000_000, signal }))
    expect(Buffer.compare(rest, whole.subarray(3_000_000))).toBe(0)
  })

  it.each([true, false])(
    'comes here piece by piece, in few requests, and only the layers that are wanted: ranges %s',
    async (ranges) => {
      const web = createWebFolder(published, { ranges })
      const store = createMemoryModelStore()
      const library = createLibrary(store)
      await bringFrom(web.folder, library, 'tiny', { layers: new Set([5]), ends: false }, signal)
      const kept = await library.open('tiny')
      expect(kept && library.missing(kept, { layers: new Set([5]), ends: false })).toEqual([])
      expect(web.asked.filter(({ file }) => file === 'model.onnx.data').length).toBeLessThan(ranges ? 8 : 3)
      if (ranges) expect(web.sent).toBeLessThan(1_500_000)
      await bringFrom(web.folder, library, 'tiny', ALL, signal)
      for (const [name, bytes] of files)
        expect(Buffer.compare(store.contents.get('tiny')?.get(name) ?? bytes.subarray(1), bytes)).toBe(0)
    },
  )

  it('that breaks off is gone on with where it stopped', async () => {
    const library = createLibrary(createMemoryModelStore())
    const web = createWebFolder(published, { breakAfter: 2_000_000 })
    await expect(bringFrom(web.folder, library, 'tiny', ALL, signal)).rejects.toMatchObject({ code: 'partition' })
    const left = createWebFolder(published)
    await bringFrom(left.folder, library, 'tiny', ALL, signal)
    expect(left.sent).toBeLessThan(3_000_000)
  })

  it('with a byte that is another is weights_mismatch, and what came before stays', async () => {
    const data = Uint8Array.from(files.get('model.onnx.data') ?? [])
    data[2_500_000] = (data[2_500_000] ?? 0) ^ 1
    const web = createWebFolder(new Map([...published, ['model.onnx.data', data]]))
    const library = createLibrary(createMemoryModelStore())
    await expect(bringFrom(web.folder, library, 'tiny', ALL, signal)).rejects.toMatchObject({ code: 'weights_mismatch' })
    const kept = await library.open('tiny')
    expect(kept && library.missing(kept, ALL).length).toBeLessThan(manifest.pieces.length)
  })

  it('says what is known of a file, and that it has changed', async () => {
    const web = createWebFolder(published)
    const known = await describeFile(web.folder, 'model.onnx', signal)
    expect(known).toEqual({ bytes: files.get('model.onnx')?.length, version: expect.any(String) })
    expect(await describeFile(web.folder, 'none.onnx', signal)).toBeNull()
    await expect(all(readFile(web.folder, 'model.onnx', { from: 0, version: '"old"', signal }))).rejects.toMatchObject({
      code: 'weights_mismatch',
    })
    await expect(readSmall(web.folder, 'model.onnx.data', 1000, signal)).rejects.toMatchObject({ code: 'capacity_exceeded' })
    await expect(readSmall(web.folder, 'none', 1000, signal)).rejects.toMatchObject({ code: 'not_found' })
    await expect(
      readSmall(createWebFolder(published, { away: true }).folder, 'config.json', 1000, signal),
    ).rejects.toMatchObject({ code: 'partition' })
  })
})

describe('a model that comes with the app', () => {
  const MODEL = 'hearthnet-demonstration'
  const stored = (store: ReturnType<typeof createMemoryModelStore>) => async (model: string) =>
    folderOf(store.contents.get(model) ?? new Map(), model)

  it('is brought here with its first use, and opens without any network from then on', async () => {
    const store = createMemoryModelStore()
    const web = createWebFolder(published)
    const folder = await folderFor({ stored: stored(store), store, fetch: web.folder.fetch }, MODEL)
    expect((await openModel(folder)).weightsHash).toBe(manifest.weights_sha256)
    const away = createWebFolder(published, { away: true })
    const again = await folderFor({ stored: stored(store), store, fetch: away.folder.fetch }, MODEL)
    expect((await openModel(again)).weightsHash).toBe(manifest.weights_sha256)
  })

  it('is borrowed where nothing can be kept', async () => {
    const store = createMemoryModelStore()
    store.room = 1000
    const folder = await folderFor({ stored: stored(store), store, fetch: createWebFolder(published).folder.fetch }, MODEL)
    expect(folder.borrowed).toBe(true)
    expect((await openModel(folder)).weightsHash).toBe(manifest.weights_sha256)
  })
})
