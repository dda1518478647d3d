import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { communityFound, communityInvite, communityRedeem } from '#protocol/community/capabilities.ts'
import { contract } from '#protocol/distributed-inference/contract.ts'
import {
  type ModelState,
  modelConnect,
  modelImport,
  modelList,
  modelManifest,
  modelNeighbours,
  modelOffers,
} from '#protocol/distributed-inference/model-capabilities.ts'
import { isWanted, type ModelManifest, type Wanted } from '#protocol/distributed-inference/model-manifest.ts'
import { createLibrary } from '../../../compute/model/library.ts'
import { openModel } from '../../../compute/model/open-model.ts'
import { fixtureFiles, folderOf } from '../../../compute/testing/folder.ts'
import { createMemoryModelStore, type MemoryModelStore } from '../../../compute/testing/memory-store.ts'
import { createWebFolder } from '../../../compute/testing/web-folder.ts'
import { defineWorkerModule } from '../../../kernel/modules.ts'
import { createVillage, type Village, type Villager } from '../../../testing/village.ts'
import { serveModels } from './serve-models.ts'
import { computing, turnOn } from './testing/computing.ts'

const files = fixtureFiles('qwen2-cpu-int4')
const ALL: Wanted = { layers: null, ends: true }
let manifest: ModelManifest
beforeAll(async () => {
  manifest = (await openModel(folderOf(files))).manifest
})

function bytesOf(piece: number): Uint8Array<ArrayBuffer> {
  const { file = 0, offset = 0, length = 0 } = manifest.pieces[piece] ?? {}
  return files.get(manifest.files[file]?.name ?? '')?.slice(offset, offset + length) ?? new Uint8Array()
}

describe('models among neighbours', () => {
  let village: Village
  let ada: Villager
  let bert: Villager
  let cleo: Villager
  let stores: Map<string, MemoryModelStore>
  const storeOf = ({ id }: { readonly id: string }): MemoryModelStore => {
    const store = stores.get(id) ?? createMemoryModelStore()
    stores.set(id, store)
    return store
  }
  const nobody = createWebFolder(new Map(), { away: true })
  const found = defineWorkerModule({
    contract,
    needs: ['bus', 'runtime', 'shelf', 'notify', 'signer', 'tensors'],
    start(deps) {
      const store = storeOf({ id: deps.signer.nodeId })
      return serveModels({ ...deps, store, fetch: nobody.folder.fetch, compute: computing(() => store) })
    },
  })

  beforeEach(async () => {
    stores = new Map()
    village = createVillage(7, () => [{ contract, load: async () => found }])
    ada = await village.arrive('Ada')
    bert = await village.arrive('Bert')
    cleo = await village.arrive('Cleo')
    await ada.node.bus.call(communityFound, { name: 'Issum' })
    for (const neighbour of [bert, cleo]) {
      const { invite } = await ada.node.bus.call(communityInvite, { level: 'trusted', valid_seconds: 3600, uses: 1 })
      await village.during(neighbour.node.bus.call(communityRedeem, { invite }))
    }
    for (const one of [ada, bert, cleo]) await turnOn(village, one)
    const answers = (one: Villager): Promise<boolean> =>
      village.during(ada.node.bus.call(modelOffers, {}, { to: one.id })).then(
        () => true,
        () => false,
      )
    await village.until('all answer each other', async () => (await answers(bert)) && (await answers(cleo)))
  })
  afterEach(async () => {
    for (const { node } of [ada, bert, cleo]) await node.stop()
  })

  /** Puts what is wanted of the model where `one` keeps models. */
  async function give(one: Villager, wanted: Wanted, wrong: (piece: number) => boolean = () => false): Promise<void> {
    const store = storeOf(one)
    const library = createLibrary(store)
    const kept = await library.begin('tiny', manifest, wanted)
    for (const [piece, { part, file, offset }] of manifest.pieces.entries()) {
      if (!isWanted(part, wanted)) continue
      await library.put('tiny', kept, piece, bytesOf(piece))
      if (!wrong(piece)) continue
      const lie = bytesOf(piece)
      lie[0] = (lie[0] ?? 0) ^ 1
      await store.write('tiny', manifest.files[file]?.name ?? '', offset, lie)
    }
  }
  const state = async (one: Villager): Promise<ModelState | undefined> =>
    (await village.during(one.node.bus.call(modelList, {}))).models.find(({ model }) => model === 'tiny')
  const bring = (one: Villager, change: object = {}) =>
    one.node.bus.call(modelImport, { model: 'tiny', from: 'peers', weights_sha256: manifest.weights_sha256, ...change })
  const until = (one: Villager, wanted: ModelState['state']) =>
    village.until(`it is ${wanted}`, async () => (await state(one))?.state === wanted)
  const isWhole = (one: Villager): void => {
    for (const [name, bytes] of files)
      expect(Buffer.compare(storeOf(one).contents.get('tiny')?.get(name) ?? new Uint8Array(), bytes), name).toBe(0)
  }

  it('are brought from several at once, of whom none has all (DLM-7)', async () => {
    await give(bert, { layers: new Set([0, 1, 2, 3, 4]), ends: true })
    await give(ada, { layers: new Set([3, 4, 5, 6, 7]), ends: false })
    await bring(cleo)
    await until(cleo, 'ready')
    isWhole(cleo)
    const { models } = await village.during(bert.node.bus.call(modelNeighbours, {}))
    expect(models).toMatchObject([{ model: 'tiny', weights_sha256: manifest.weights_sha256, layers: 8 }])
    expect(models[0]?.holders.find(({ node_id }) => node_id === ada.id)?.held_layers).toEqual([{ from: 3, to: 7 }])
    expect(models[0]?.holders.find(({ node_id }) => node_id === cleo.id)?.held_layers).toEqual([{ from: 0, to: 7 }])
  })

  it('come by layers: no byte of the others is asked for', async () => {
    await give(bert, ALL)
    await bring(ada, { layers: { from: 2, to: 3 }, ends: false })
    await until(ada, 'partial')
    const { held_bytes, held_layers } = (await state(ada)) ?? {}
    expect(held_layers).toEqual([{ from: 2, to: 3 }])
    const needed = manifest.pieces.reduce(
      (sum, { part, length }) => sum + (isWanted(part, { layers: new Set([2, 3]), ends: false }) ? length : 0),
      0,
    )
    expect(held_bytes).toBe(needed)
  })

  it('come whole although one of those who have them lies in every second piece', async () => {
    await give(bert, ALL, (piece) => piece % 2 === 0)
    await give(ada, ALL)
    await bring(cleo)
    await until(cleo, 'ready')
    isWhole(cleo)
  })

  it('wait while only a liar is there, and keep nothing of what was wrong', async () => {
    await give(bert, ALL, (piece) => piece > 3)
    await bring(cleo)
    await until(cleo, 'waiting')
    await give(ada, ALL)
    await until(cleo, 'ready')
    isWhole(cleo)
  })

  it('are gone on with from somebody else when one leaves in the middle, and after a restart', async () => {
    await give(bert, ALL)
    village.network.setLatency(150)
    await bring(cleo)
    await village.until('some of it is here', async () => ((await state(cleo))?.held_bytes ?? 0) > 500_000)
    const id = bert.id
    await bert.node.stop()
    await until(cleo, 'waiting')
    const held = (await state(cleo))?.held_bytes ?? 0
    expect(held).toBeGreaterThan(500_000)
    expect(held).toBeLessThan(3_800_000)
    cleo = await village.restart(cleo)
    expect((await state(cleo))?.held_bytes).toBe(held)
    await give(ada, ALL)
    await until(cleo, 'ready')
    isWhole(cleo)
    bert = { ...(await village.restart(bert)), id }
  })

  it('are no business of who is only a member (DLM-5)', async () => {
    await give(ada, ALL)
    const dora = await village.arrive('Dora')
    await village.join(ada, dora)
    await turnOn(village, dora)
    for (const [capability, input] of [
      [modelOffers, {}],
      [modelManifest, { weights_sha256: manifest.weights_sha256 }],
      [modelConnect, { weights_sha256: manifest.weights_sha256 }],
    ] as const)
      await expect(village.during(dora.node.bus.call(capability, input, { to: ada.id }))).rejects.toMatchObject({
        code: 'unauthorized',
      })
    await dora.node.stop()
  })

  it('that nobody has are waited for, and another device says that it has none', async () => {
    await bring(cleo)
    await until(cleo, 'waiting')
    await expect(
      village.during(cleo.node.bus.call(modelConnect, { weights_sha256: manifest.weights_sha256 }, { to: ada.id })),
    ).rejects.toMatchObject({ code: 'not_found' })
  })
})
