import type { Input } from '#protocol/core/capability.ts'
import { fromBase64Url, toBase64Url } from '#protocol/core/encoding.ts'
import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import {
  type ModelState,
  modelConnect,
  modelDelete,
  modelImport,
  modelList,
  modelManifest,
  modelNeighbours,
  modelOffers,
  modelPause,
  modelPut,
  modelResume,
} from '#protocol/distributed-inference/model-capabilities.ts'
import type { ComputeClient } from '../../../compute/client.ts'
import { APP_MODELS } from '../../../compute/model/app-model.ts'
import { heldBytes, heldEnds, heldLayers, isOurs } from '../../../compute/model/kept.ts'
import { createLibrary, type KeptModel } from '../../../compute/model/library.ts'
import type { ModelStore } from '../../../compute/model/store.ts'
import type { ModuleDeps } from '../../../kernel/modules.ts'
import type { TensorTransport } from '../../../kernel/tensors.ts'
import { createJobs } from './jobs.ts'
import { createOffered } from './offered.ts'
import { offersOfPeers } from './peers.ts'
import { PIECES_PURPOSE, PIECES_SESSION, servePieces } from './pieces.ts'
import { beginPlain } from './plain.ts'
import { joined, type Record, runsOf } from './records.ts'

export interface ModelsDeps extends Pick<ModuleDeps, 'bus' | 'runtime' | 'shelf' | 'notify'> {
  readonly compute: Pick<ComputeClient, 'describe' | 'drop'>
  readonly store: ModelStore
  readonly fetch: typeof fetch
  /** Without it models come from everywhere but from peers, and go to nobody. */
  readonly tensors?: TensorTransport
}

const ALL = { layers: null, ends: true } as const

/** `experimental.distributed_llm.model.*` (DLM-7). @returns what stops it */
export async function serveModels(deps: ModelsDeps): Promise<() => Promise<void>> {
  const { bus, compute, store } = deps
  const library = createLibrary(store)
  const offered = createOffered(deps.runtime, deps.fetch)
  const jobs = await createJobs({
    ...deps,
    library,
    tensors: () => deps.tensors ?? null,
    async filesAtBox(model) {
      const found = (await offered()).find((one) => one.model === model && one.source === 'box')
      return found?.files ?? null
    },
  })
  /** Why models that lie here cannot be computed; asked once. */
  const refusals = new Map<string, string>()

  const recordOf = (model: string): Record | undefined => jobs.records().find((record) => record.model === model)

  /** Null where nothing is under way. */
  function underWay(record: Record | undefined): ModelState['state'] | null {
    if (!record || record.state === 'done') return null
    return record.state === 'running' ? jobs.phaseOf(record.model) : record.state
  }

  async function stateOf(model: string): Promise<ModelState> {
    const record = recordOf(model)
    const under = underWay(record)
    let kept = await library.open(model)
    if (!kept && under === null) {
      await compute.describe(model).then(
        () => refusals.delete(model),
        (error: unknown) => refusals.set(model, toHearthError(error).message),
      )
      kept = await library.open(model)
    }
    const files = await store.files(model)
    const here = [...files].reduce((sum, [name, bytes]) => sum + (isOurs(name) ? 0 : bytes), 0)
    const problem = record?.problem ?? null
    const source: ModelState['source'] = record?.from ?? (APP_MODELS.includes(model) ? 'app' : 'device')
    const refused = under !== null ? null : (refusals.get(model) ?? null)
    const common = { model, source, problem, refused }
    if (!kept) {
      const whole = record?.files.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0
      const bytes = Math.max(whole, here)
      return {
        ...common,
        weights_sha256: null,
        bytes,
        held_bytes: here,
        layers: 0,
        held_layers: [],
        held_ends: false,
        state: under ?? 'ready',
      }
    }
    const { manifest, held } = kept
    return {
      ...common,
      weights_sha256: manifest.weights_sha256,
      bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
      held_bytes: heldBytes(manifest, held),
      layers: manifest.layers,
      held_layers: runsOf(heldLayers(manifest, held)),
      held_ends: heldEnds(manifest, held),
      state: under ?? (library.missing(kept, ALL).length === 0 ? 'ready' : 'partial'),
    }
  }

  async function list(): Promise<readonly ModelState[]> {
    const names = new Set([...(await store.models()), ...jobs.records().map(({ model }) => model)])
    const here = await Promise.all([...names].map(stateOf))
    // one name once: the app's own before the box's
    const all = await offered()
    const elsewhere = all.filter(({ model }, at) => !names.has(model) && all.findIndex((one) => one.model === model) === at)
    return [
      ...here,
      ...elsewhere.map(
        ({ model, source, bytes, manifest }): ModelState => ({
          model,
          weights_sha256: manifest?.weights_sha256 ?? null,
          bytes,
          held_bytes: 0,
          layers: manifest?.layers ?? 0,
          held_layers: [],
          held_ends: false,
          source,
          state: 'offered',
          problem: null,
          refused: null,
        }),
      ),
    ].sort((a, b) => (a.model < b.model ? -1 : 1))
  }

  /** Models of which something is here for others. */
  async function kept(): Promise<readonly (readonly [string, KeptModel])[]> {
    const models = await store.models()
    const found = await Promise.all(models.map(async (model) => [model, await library.open(model)] as const))
    return found.flatMap(([model, one]) => (one ? [[model, one] as const] : []))
  }

  async function keptBy(weights: string): Promise<readonly [string, KeptModel]> {
    const found = (await kept()).find(([, { manifest }]) => manifest.weights_sha256 === weights)
    if (!found) throw new HearthError('not_found', 'nothing of these weights is here')
    return found
  }

  async function begin(input: Input<typeof modelImport>): Promise<void> {
    const { model, from, url = null, weights_sha256 = null, files = [], layers, ends = true } = input
    if (from === 'url' && url === null) throw new HearthError('bad_request', 'where from?', { data: { field: '/url' } })
    if (from === 'peers' && weights_sha256 === null)
      throw new HearthError('bad_request', 'which one?', { data: { field: '/weights_sha256' } })
    if (from === 'folder' && files.length === 0)
      throw new HearthError('bad_request', 'which files?', { data: { field: '/files' } })
    const now = { layers: layers ? [layers] : null, ends }
    const before = await library.open(model)
    if (from === 'folder') {
      if (before) throw new HearthError('bad_request', `another model is called ${model} here`, { data: { field: '/model' } })
      await beginPlain(store, model, files)
    }
    const earlier = recordOf(model)
    // what lies here without a record is kept: more is wanted, never less
    const wanted = before && earlier ? joined(earlier, now) : now
    const problem = null
    // a folder's pieces come by `model.put`: until all are here there is nothing to run
    const state = from === 'folder' ? 'paused' : 'running'
    await jobs.start({ model, from, url, weights_sha256, files, ...wanted, state, problem, versions: earlier?.versions ?? {} })
  }

  async function put({ model, file, offset, data }: Input<typeof modelPut>): Promise<{ held_bytes: number }> {
    const record = recordOf(model)
    const said =
      record?.from === 'folder' && record.state !== 'done' ? record.files.find(({ name }) => name === file) : undefined
    if (!record || !said) throw new HearthError('not_found', `${file} of ${model} is not awaited`)
    const held = (await store.files(model)).get(file) ?? 0
    const bytes = fromBase64Url(data)
    // said again what is here already, or too early: the answer says where to go on
    if (offset !== held) return { held_bytes: held }
    if (held + bytes.length > said.bytes) throw new HearthError('bad_request', `${file} is longer than was said`)
    if (bytes.length > 0 || !(await store.files(model)).has(file)) await store.write(model, file, offset, bytes)
    jobs.came()
    const sizes = await store.files(model)
    if (record.files.every(({ name, bytes: all }) => sizes.get(name) === all)) await jobs.resume(model)
    return { held_bytes: held + bytes.length }
  }

  const withdraw = [
    bus.handle(modelList, async () => ({ models: [...(await list())], free_bytes: await store.free() })),
    bus.handle(modelImport, async (input) => {
      await begin(input)
      return {}
    }),
    bus.handle(modelPut, put),
    bus.handle(modelPause, async ({ model }) => {
      await jobs.pause(model)
      return {}
    }),
    bus.handle(modelResume, async ({ model }) => {
      const sizes = await store.files(model)
      const record = recordOf(model)
      // the rest of a folder is the person's to bring
      if (record?.from === 'folder' && !record.files.every(({ name, bytes }) => sizes.get(name) === bytes)) return {}
      await jobs.resume(model)
      return {}
    }),
    bus.handle(modelDelete, async ({ model }) => {
      await jobs.forget(model)
      await compute.drop(model)
      refusals.delete(model)
      await library.remove(model)
      jobs.came()
      return {}
    }),
    bus.handle(modelNeighbours, async (_, { signal }) => ({ models: byWeights(await offersOfPeers(bus, signal)) })),
    bus.handle(modelOffers, async () => ({
      models: (await kept()).slice(0, 64).map(([model, { manifest, held }]) => ({
        model,
        weights_sha256: manifest.weights_sha256,
        bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
        layers: manifest.layers,
        held_layers: runsOf(heldLayers(manifest, held)),
        held_pieces: toBase64Url(held),
      })),
    })),
    bus.handle(modelManifest, async ({ weights_sha256 }) => ({ manifest: (await keptBy(weights_sha256))[1].manifest })),
    bus.handle(modelConnect, async ({ weights_sha256 }, { caller }) => {
      const [model, one] = await keptBy(weights_sha256)
      if (!deps.tensors || caller.nodeId === null) throw new HearthError('not_implemented', 'there is nobody to send it to')
      const offer = await deps.tensors.offer({ peer: caller.nodeId, purpose: PIECES_PURPOSE, options: PIECES_SESSION })
      offer.session.then((session) => servePieces(session, library, model, one)).catch(() => undefined)
      return { session_id: offer.session_id, session_token: offer.session_token }
    }),
  ]
  return async () => {
    for (const stop of withdraw) stop()
    await jobs.stop()
  }
}

type Neighbours = readonly {
  readonly model: string
  readonly weights_sha256: string
  readonly bytes: number
  readonly layers: number
  readonly holders: {
    readonly node_id: Awaited<ReturnType<typeof offersOfPeers>>[number]['peer']
    readonly held_layers: ReturnType<typeof runsOf>
  }[]
}[]

/** One entry for the same weights, whatever each device calls them. */
function byWeights(offers: Awaited<ReturnType<typeof offersOfPeers>>) {
  const models = new Map<string, Neighbours[number]>()
  for (const { peer, held_layers, model, weights_sha256, bytes, layers } of offers) {
    const known = models.get(weights_sha256) ?? { model, weights_sha256, bytes, layers, holders: [] }
    known.holders.push({ node_id: peer, held_layers })
    models.set(weights_sha256, known)
  }
  return [...models.values()]
}
