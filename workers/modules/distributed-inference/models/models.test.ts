import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Input } from '#protocol/core/capability.ts'
import { toBase64Url, utf8 } from '#protocol/core/encoding.ts'
import { contract } from '#protocol/distributed-inference/contract.ts'
import {
  type ModelState,
  modelDelete,
  modelImport,
  modelList,
  modelPause,
  modelPut,
  modelResume,
} from '#protocol/distributed-inference/model-capabilities.ts'
import { openModel } from '../../../compute/model/open-model.ts'
import { fixtureFiles, folderOf } from '../../../compute/testing/folder.ts'
import { createMemoryModelStore, type MemoryModelStore } from '../../../compute/testing/memory-store.ts'
import { createWebFolder, type TestWeb } from '../../../compute/testing/web-folder.ts'
import { defineWorkerModule } from '../../../kernel/modules.ts'
import { createVillage, type Village, type Villager } from '../../../testing/village.ts'
import { serveModels } from './serve-models.ts'
import { computing, turnOn } from './testing/computing.ts'

const files = fixtureFiles('qwen2-cpu-int4')
let published: Map<string, Uint8Array<ArrayBuffer>>
let weights: string
beforeAll(async () => {
  const { manifest } = await openModel(folderOf(files))
  published = new Map([...files, ['hearthnet.json', utf8(JSON.stringify(manifest))]])
  weights = manifest.weights_sha256
})

describe('models of a device', () => {
  let village: Village
  let ada: Villager
  let store: MemoryModelStore
  let web: TestWeb
  const found = defineWorkerModule({
    contract,
    needs: ['bus', 'runtime', 'shelf', 'notify'],
    start: (deps) =>
      serveModels({ ...deps, store, fetch: (...asked) => web.folder.fetch(...asked), compute: computing(() => store) }),
  })
  beforeEach(async () => {
    store = createMemoryModelStore()
    web = createWebFolder(published)
    village = createVillage(1, () => [{ contract, load: async () => found }])
    ada = await village.arrive('Ada')
    await turnOn(village, ada)
  })
  afterEach(() => ada.node.stop())

  const list = async (): Promise<readonly ModelState[]> => (await village.during(ada.node.bus.call(modelList, {}))).models
  const state = async (model = 'tiny'): Promise<ModelState | undefined> => (await list()).find((one) => one.model === model)
  const bring = (input: Partial<Input<typeof modelImport>>) =>
    ada.node.bus.call(modelImport, { model: 'tiny', from: 'box', ...input })
  const until = (wanted: ModelState['state']) => village.until(`it is ${wanted}`, async () => (await state())?.state === wanted)
  const isWhole = (): void => {
    for (const [name, bytes] of files)
      expect(Buffer.compare(store.contents.get('tiny')?.get(name) ?? new Uint8Array(), bytes), name).toBe(0)
  }

  it.each(['with a manifest', 'without one'])(
    'come from the box, %s, and are ready when all of it is here and known (DLM-7)',
    async (how) => {
      if (how === 'without one') web = createWebFolder(files)
      await bring({})
      await until('ready')
      expect(await state()).toMatchObject({
        weights_sha256: weights,
        source: 'box',
        layers: 8,
        held_layers: [{ from: 0, to: 7 }],
        held_ends: true,
        problem: null,
      })
      isWhole()
    },
  )

  it('come from an address that a person gives, whatever the server says of ranges', async () => {
    web = createWebFolder(files, { ranges: false })
    await bring({ from: 'url', url: 'https://models.example.org/models/tiny/' })
    await until('ready')
    isWhole()
  })

  it('that break off are waited for, and go on where they stopped, also after a restart', async () => {
    web = createWebFolder(files, { breakAfter: 2_500_000 })
    await bring({})
    await until('waiting')
    expect((await state())?.held_bytes).toBeGreaterThan(1_000_000)
    ada = await village.restart(ada)
    web = createWebFolder(files)
    await until('ready')
    expect(web.sent).toBeLessThan(3_000_000)
    isWhole()
  })

  it('that the box lists are asked for by what it lists: nothing else, and no manifest that is not there', async () => {
    const listing = { models: [{ model: 'tiny', files: [...files].map(([name, bytes]) => ({ name, bytes: bytes.length })) }] }
    web = createWebFolder(new Map([...files, ['/box/models.json', utf8(JSON.stringify(listing))]]))
    await bring({})
    await until('ready')
    isWhole()
    const asked = web.asked.filter(({ file }) => !file.startsWith('/') && !file.startsWith('hearthnet'))
    expect(asked.filter(({ file }) => !files.has(file))).toEqual([])
  })

  it('are not mixed with what an earlier try left under their name', async () => {
    store.contents.set(
      'tiny',
      new Map([
        ['onnx/model_quantized.onnx_data', utf8('other')],
        ['hearthnet.part', utf8('')],
      ]),
    )
    web = createWebFolder(files)
    await bring({})
    await until('ready')
    expect(await state()).toMatchObject({ weights_sha256: weights, refused: null })
    isWhole()
  })

  it('come by layers, and more of them later', async () => {
    await bring({ layers: { from: 2, to: 3 }, ends: false })
    await until('partial')
    expect(await state()).toMatchObject({ held_layers: [{ from: 2, to: 3 }], held_ends: false })
    const some = web.sent
    await bring({ layers: { from: 6, to: 6 }, ends: false })
    await village.until('more is here', async () => (await state())?.held_layers.length === 2)
    expect(web.sent - some).toBeLessThan(1_000_000)
    web = createWebFolder(files)
    await bring({ model: 'other', layers: { from: 1, to: 1 } })
    await village.until('it failed', async () => (await state('other'))?.state === 'failed')
    expect((await state('other'))?.problem).toBe('not_implemented')
  })

  it('stop when a person says so, keep what came, and go on when they say so', async () => {
    web = createWebFolder(published, { breakAfter: 2_000_000 })
    await bring({})
    await until('waiting')
    await village.during(ada.node.bus.call(modelPause, { model: 'tiny' }))
    expect((await state())?.state).toBe('paused')
    const held = (await state())?.held_bytes ?? 0
    expect(held).toBeGreaterThan(500_000)
    web = createWebFolder(published)
    await village.runtime.advance(60_000)
    expect((await state())?.held_bytes).toBe(held)
    expect(web.asked.filter(({ file }) => file.startsWith('model.onnx'))).toEqual([])
    await ada.node.bus.call(modelResume, { model: 'tiny' })
    await until('ready')
    isWhole()
  })

  it('that lie fail with weights_mismatch, and are right when the other side is (DLM-7)', async () => {
    const data = Uint8Array.from(files.get('model.onnx.data') ?? [])
    data[3_000_000] = (data[3_000_000] ?? 0) ^ 1
    web = createWebFolder(new Map([...published, ['model.onnx.data', data]]))
    await bring({})
    await until('failed')
    expect(await state()).toMatchObject({ problem: 'weights_mismatch' })
    web = createWebFolder(published)
    await ada.node.bus.call(modelResume, { model: 'tiny' })
    await until('ready')
    isWhole()
  })

  it('that do not fit are refused, with nothing written', async () => {
    store.room = 1_000_000
    await bring({})
    await until('failed')
    expect(await state()).toMatchObject({ problem: 'capacity_exceeded' })
    expect(store.room).toBe(1_000_000)
  })

  it('come from a folder in pieces, go on after a restart, and only what was said', async () => {
    const said = [...files].map(([name, bytes]) => ({ name, bytes: bytes.length }))
    const put = (file: string, offset: number, data: Uint8Array) =>
      village.during(ada.node.bus.call(modelPut, { model: 'tiny', file, offset, data: toBase64Url(data) }))
    await bring({ from: 'folder', files: said })
    expect((await state())?.state).toBe('paused')
    await put('model.onnx.data', 0, files.get('model.onnx.data')?.slice(0, 700_000) ?? new Uint8Array())
    ada = await village.restart(ada)
    await bring({ from: 'folder', files: said })
    await expect(put('secret', 0, new Uint8Array(1))).rejects.toMatchObject({ code: 'not_found' })
    await expect(put('tokenizer_config.json', 0, new Uint8Array(700_000))).rejects.toMatchObject({ code: 'bad_request' })
    for (const [name, bytes] of files) {
      // said at a place that it is not at, it says where it is
      let { held_bytes: at } = await put(name, 1e9, new Uint8Array(1))
      expect(at).toBe(name === 'model.onnx.data' ? 700_000 : 0)
      while (at < bytes.length) ({ held_bytes: at } = await put(name, at, bytes.slice(at, at + 700_000)))
    }
    await until('ready')
    expect(await state()).toMatchObject({ weights_sha256: weights, source: 'folder' })
    isWhole()
  })

  it('are deleted with all that was under way, and can come again', async () => {
    await bring({})
    await until('ready')
    await village.during(ada.node.bus.call(modelDelete, { model: 'tiny' }))
    expect([await state(), await store.models()]).toEqual([undefined, []])
    web = createWebFolder(published, { breakAfter: 1_000_000 })
    await bring({})
    await until('waiting')
    await village.during(ada.node.bus.call(modelDelete, { model: 'tiny' }))
    expect([await state(), await store.models()]).toEqual([undefined, []])
    web = createWebFolder(published)
    await bring({})
    await until('ready')
  })

  it('that were put there by other means are listed, also those that cannot be computed, and why', async () => {
    web = createWebFolder(new Map(), { away: true })
    store.contents.set('tiny', new Map(files))
    store.contents.set('broken', new Map([['notes.txt', utf8('nothing')]]))
    expect(await list()).toMatchObject([
      { model: 'broken', weights_sha256: null, state: 'ready', source: 'device', refused: expect.stringMatching(/ONNX/) },
      {
        model: 'tiny',
        weights_sha256: weights,
        state: 'ready',
        source: 'device',
        refused: null,
        held_layers: [{ from: 0, to: 7 }],
      },
    ])
  })

  it('offered by the app and by the box are listed before anything is here', async () => {
    const demonstration = (await openModel(folderOf(files, 'hearthnet-demonstration'))).manifest
    const listing = utf8(JSON.stringify({ models: [{ model: 'big', files: [{ name: 'config.json', bytes: 5 }] }] }))
    web = createWebFolder(
      new Map([...files, ['hearthnet.json', utf8(JSON.stringify(demonstration))], ['/box/models.json', listing]]),
    )
    await village.runtime.advance(60_000)
    expect(await list()).toMatchObject([
      { model: 'big', source: 'box', state: 'offered', bytes: 5, layers: 0 },
      { model: 'hearthnet-demonstration', source: 'app', state: 'offered', layers: 8, held_bytes: 0 },
    ])
  })

  it.each<[string, Partial<Input<typeof modelImport>>, string]>([
    ['an address that is none', { from: 'url', url: 'file:///etc/passwd' }, 'schema_mismatch'],
    ['no address', { from: 'url' }, 'bad_request'],
    ['no hash', { from: 'peers' }, 'bad_request'],
    ['no files', { from: 'folder' }, 'bad_request'],
    ['a file that leads out of its folder', { from: 'folder', files: [{ name: '../x', bytes: 1 }] }, 'schema_mismatch'],
    ['a name that leads out of all models', { model: '..' }, 'schema_mismatch'],
  ])('asked for with %s are refused', async (_, input, code) => {
    await expect(bring(input)).rejects.toMatchObject({ code })
  })
})
