import { beforeAll, describe, expect, it } from 'vitest'
import { utf8 } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { ModelManifest, Wanted } from '#protocol/distributed-inference/model-manifest.ts'
import { fixtureFiles, folderOf } from '../testing/folder.ts'
import { createMemoryModelStore } from '../testing/memory-store.ts'
import { heldBytes, heldLayers } from './kept.ts'
import { createLibrary, type KeptModel, type Library } from './library.ts'
import { openModel } from './open-model.ts'

const ALL: Wanted = { layers: null, ends: true }
const files = fixtureFiles('qwen2-cpu-int4')
let manifest: ModelManifest
beforeAll(async () => {
  manifest = (await openModel(folderOf(files))).manifest
})

function bytesOf(piece: number): Uint8Array<ArrayBuffer> {
  const { file = 0, offset = 0, length = 0 } = manifest.pieces[piece] ?? {}
  return files.get(manifest.files[file]?.name ?? '')?.slice(offset, offset + length) ?? new Uint8Array()
}
async function putAll(library: Library, kept: KeptModel, wanted = ALL): Promise<void> {
  for (const piece of library.missing(kept, wanted)) await library.put('tiny', kept, piece, bytesOf(piece))
}

describe('models on this device', () => {
  it('grow piece by piece, whatever the order, to the files they came from (DLM-7)', async () => {
    const store = createMemoryModelStore()
    const library = createLibrary(store)
    const kept = await library.begin('tiny', manifest, ALL)
    for (const piece of library.missing(kept, ALL).toReversed()) await library.put('tiny', kept, piece, bytesOf(piece))
    await library.check('tiny', kept)
    for (const [name, bytes] of files)
      expect(Buffer.compare(store.contents.get('tiny')?.get(name) ?? bytes.subarray(1), bytes)).toBe(0)
    expect(heldBytes(kept.manifest, kept.held)).toBe(manifest.files.reduce((sum, { bytes }) => sum + bytes, 0))
  })

  it('with some layers take up less, and grow by others later', async () => {
    const library = createLibrary(createMemoryModelStore())
    const some: Wanted = { layers: new Set([0, 1]), ends: false }
    const kept = await library.begin('tiny', manifest, some)
    await putAll(library, kept, some)
    expect(heldLayers(manifest, kept.held)).toEqual([0, 1])
    const before = heldBytes(manifest, kept.held)
    expect(before).toBeLessThan(manifest.files.reduce((sum, { bytes }) => sum + bytes, 0) / 2)
    await putAll(library, await library.begin('tiny', manifest, ALL))
    expect(heldLayers(manifest, kept.held)).toHaveLength(8)
  })

  it('keep nothing of a piece with a wrong hash, and all of the others', async () => {
    const library = createLibrary(createMemoryModelStore())
    const kept = await library.begin('tiny', manifest, ALL)
    await library.put('tiny', kept, 0, bytesOf(0))
    const lie = bytesOf(7)
    lie[lie.length >> 1] = (lie[lie.length >> 1] ?? 0) ^ 1
    for (const bytes of [lie, bytesOf(7).slice(1), new Uint8Array(0)])
      await expect(library.put('tiny', kept, 7, bytes)).rejects.toMatchObject({ code: 'weights_mismatch' })
    expect([await library.get('tiny', kept, 0), await library.get('tiny', kept, 7)]).toEqual([bytesOf(0), null])
    await library.put('tiny', kept, 7, bytesOf(7))
    expect(await library.get('tiny', kept, 7)).toEqual(bytesOf(7))
  })

  it('drop a file that is not what the manifest says as a whole, and nothing else (DLM-7)', async () => {
    const store = createMemoryModelStore()
    const library = createLibrary(store)
    const at = manifest.files.findIndex(({ name }) => name === 'tokenizer.json')
    const wrong = {
      ...manifest,
      files: manifest.files.map((file, index) => (index === at ? { ...file, sha256: '0'.repeat(64) } : file)),
    }
    const kept = await library.begin('tiny', wrong, ALL)
    await putAll(library, kept)
    await expect(library.check('tiny', kept)).rejects.toMatchObject({ code: 'weights_mismatch' })
    expect(store.contents.get('tiny')?.has('tokenizer.json')).toBe(false)
    expect(new Set(library.missing(kept, ALL).map((piece) => manifest.pieces[piece]?.file))).toEqual(new Set([at]))
  })

  it('are still known after a restart, and a record that fits no manifest counts as nothing', async () => {
    const store = createMemoryModelStore()
    const first = createLibrary(store)
    const kept = await first.begin('tiny', manifest, ALL)
    for (const piece of [0, 3, 5]) await first.put('tiny', kept, piece, bytesOf(piece))
    expect((await createLibrary(store).open('tiny'))?.held).toEqual(kept.held)
    for (const damaged of [utf8('{'), utf8('{}'), new Uint8Array(0)]) {
      store.contents.get('tiny')?.set('hearthnet.json', damaged)
      expect(await createLibrary(store).open('tiny')).toBeNull()
    }
  })

  it('that do not fit are refused before a byte is written, and one name is one model', async () => {
    const store = createMemoryModelStore()
    store.room = 1_000_000
    await expect(createLibrary(store).begin('tiny', manifest, ALL)).rejects.toMatchObject({ code: 'capacity_exceeded' })
    expect(await store.models()).toEqual([])
    store.room = 100_000_000
    const library = createLibrary(store)
    await library.begin('tiny', manifest, ALL)
    const other = (await openModel(folderOf(fixtureFiles('llama-tied-cpu-int4')))).manifest
    await expect(library.begin('tiny', other, ALL)).rejects.toMatchObject({ code: 'bad_request' })
    await library.remove('tiny')
    await library.begin('tiny', other, ALL)
  })

  it('that are removed while somebody looks are not here; what lies there unreadable is no absence (DLM-7)', async () => {
    const store = createMemoryModelStore()
    await createLibrary(store).begin('tiny', manifest, ALL)
    const goes = createLibrary({
      ...store,
      read: async (model, ...rest) => {
        await store.remove(model)
        return store.read(model, ...rest)
      },
    })
    const stays = createLibrary({
      ...store,
      read: async () => {
        throw new HearthError('not_found', 'cannot be read')
      },
    })
    await expect(stays.open('tiny')).rejects.toMatchObject({ code: 'not_found' })
    expect(await goes.open('tiny')).toBeNull()
  })
})
