import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import * as Type from '#protocol/core/type.ts'
import { modelChanged } from '#protocol/distributed-inference/events.ts'
import type { ModelState } from '#protocol/distributed-inference/model-capabilities.ts'
import type { ComputeClient } from '../../../compute/client.ts'
import { appFolder, bringFrom, publishedManifest } from '../../../compute/model/app-model.ts'
import type { WebFolder } from '../../../compute/model/http.ts'
import { MANIFEST_FILE, PART_FILE } from '../../../compute/model/kept.ts'
import type { Library } from '../../../compute/model/library.ts'
import type { ModelStore } from '../../../compute/model/store.ts'
import type { Bus } from '../../../kernel/bus/bus.ts'
import type { ModuleDeps } from '../../../kernel/modules.ts'
import { delay, type Runtime } from '../../../kernel/runtime.ts'
import type { Drawer, Shelf } from '../../../kernel/shelf.ts'
import type { TensorTransport } from '../../../kernel/tensors.ts'
import { bringFromPeers, type Shunned } from './peers.ts'
import { beginPlain, bringFile, findFiles } from './plain.ts'
import { type Record, RecordSchema, wantedBy } from './records.ts'

export interface JobDeps {
  readonly bus: Bus
  readonly runtime: Runtime
  readonly shelf: Shelf
  readonly notify: ModuleDeps['notify']
  readonly compute: Pick<ComputeClient, 'describe' | 'drop'>
  readonly store: ModelStore
  readonly library: Library
  readonly fetch: typeof fetch
  /** Names of a model's files at the box; null where it is not listed. */
  readonly filesAtBox: (model: string) => Promise<readonly string[] | null>
  /** None while the device is on no mesh. */
  readonly tensors: () => TensorTransport | null
}

/** How far a job is, beside what its record says. */
type Phase = Extract<ModelState['state'], 'loading' | 'checking' | 'waiting'>

/** What brings models to this device, one record a model, and goes on after a restart (DLM-7). */
export interface Jobs {
  records(): readonly Record[]
  phaseOf(model: string): Phase
  /** Begins, or goes on with what the record says now. */
  start(record: Record): Promise<void>
  pause(model: string): Promise<void>
  /** @throws HearthError `not_found` where nothing was begun */
  resume(model: string): Promise<void>
  /** Stops it and forgets that there ever was one. */
  forget(model: string): Promise<void>
  /** Tells screens that more is here; at most twice a second. */
  came(): void
  stop(): Promise<void>
}

/** Between two looks for somebody who has what is missing. */
const LOOK_AGAIN_MS = 10_000
const TELL_EVERY_MS = 500

const boxFolder = (model: string, ask: typeof fetch): WebFolder => ({ base: `/box/models/${model}/`, fetch: ask })

export async function createJobs(deps: JobDeps): Promise<Jobs> {
  const { runtime, store, library } = deps
  const drawer: Drawer<Record[]> = await deps.shelf.open('distributed-inference.models', Type.Array(RecordSchema), [])
  const running = new Map<string, { readonly stop: AbortController; readonly done: Promise<void>; phase: Phase }>()
  let calledOff: (() => void) | null = null

  const tell = (): void => deps.notify(modelChanged)
  function came(): void {
    calledOff ??= runtime.after(TELL_EVERY_MS, () => {
      calledOff = null
      tell()
    })
  }

  const recordOf = (model: string): Record | undefined => drawer.get().find((record) => record.model === model)
  async function save(record: Record): Promise<void> {
    await drawer.set([...drawer.get().filter(({ model }) => model !== record.model), record])
    tell()
  }

  function run(record: Record): void {
    const { model } = record
    const stop = new AbortController()
    const job = { stop, phase: 'loading' as Phase, done: Promise.resolve() }
    running.set(model, job)
    const enter = (phase: Phase): void => {
      if (job.phase === phase) return
      job.phase = phase
      tell()
    }
    job.done = bringAgain(record, stop.signal, enter)
      .then(() => ({ state: 'done', problem: null }) as const)
      .catch((thrown: unknown) => {
        const { code } = toHearthError(thrown)
        if (code === 'internal_error' && !stop.signal.aborted) reportError(thrown)
        return { state: 'failed', problem: code } as const
      })
      .then(async (end) => {
        // who stopped it says how it stands
        if (stop.signal.aborted) return
        running.delete(model)
        const last = recordOf(model)
        if (last) await save({ ...last, ...end })
      })
      .catch(reportError)
  }

  /** Goes on until it is here: who is not in reach now may be later. */
  async function bringAgain(record: Record, signal: AbortSignal, enter: (phase: Phase) => void): Promise<void> {
    const shunned = { liars: new Set<NodeId>(), slow: new Set<NodeId>() }
    for (;;) {
      try {
        enter('loading')
        if (await bring(record, shunned, signal, enter)) return
      } catch (error) {
        signal.throwIfAborted()
        if (!['partition', 'timeout', 'rate_limited'].includes(toHearthError(error).code)) throw error
      }
      enter('waiting')
      await delay(runtime, LOOK_AGAIN_MS, signal)
    }
  }

  async function bring(record: Record, shunned: Shunned, signal: AbortSignal, enter: (phase: Phase) => void): Promise<boolean> {
    const { model, from, weights_sha256: weights } = record
    const wanted = wantedBy(record)
    let plain = from === 'folder'
    if (from === 'peers') {
      const tensors = deps.tensors()
      if (!tensors || weights === null) return false
      const swarm = { bus: deps.bus, runtime, tensors, library }
      if (!(await bringFromPeers(swarm, { model, weights, wanted, shunned, signal, came }))) return false
    } else if (from !== 'folder') {
      const folder = folderOf(record)
      const listed = from === 'box' ? await deps.filesAtBox(model) : null
      plain = (listed && !listed.includes(MANIFEST_FILE)) || !(await bringPublished(record, folder, signal))
      if (plain) await bringPlain(record, folder, listed, signal)
    }
    enter('checking')
    if (plain) {
      await store.remove(model, PART_FILE)
      await deps.compute.drop(model)
    }
    // the compute worker finds out which model it is; refused or not, the list says why
    await deps.compute.describe(model).catch(() => undefined)
    return true
  }

  function folderOf({ model, from, url }: Record): WebFolder {
    if (from === 'app') return appFolder(model, deps.fetch)
    if (from === 'box' || url === null) return boxFolder(model, deps.fetch)
    return { base: url.endsWith('/') ? url : `${url}/`, fetch: deps.fetch }
  }

  /** @returns false where the folder has no manifest */
  async function bringPublished(record: Record, folder: WebFolder, signal: AbortSignal): Promise<boolean> {
    const { model, weights_sha256: weights } = record
    const wanted = wantedBy(record)
    try {
      if (!(await library.open(model))) await library.begin(model, await publishedManifest(folder, signal), wanted)
    } catch (error) {
      if (error instanceof HearthError && error.code === 'not_found') return false
      throw error
    }
    const kept = await library.open(model)
    if (kept && weights !== null && kept.manifest.weights_sha256 !== weights)
      throw new HearthError('weights_mismatch', `${folder.base} has other weights`)
    await bringFrom(folder, library, model, wanted, signal, came)
    return true
  }

  async function bringPlain(
    record: Record,
    folder: WebFolder,
    listed: readonly string[] | null,
    signal: AbortSignal,
  ): Promise<void> {
    const { model, layers, weights_sha256: weights } = record
    if (layers !== null || weights !== null)
      throw new HearthError('not_implemented', 'without a manifest a model comes whole or not at all')
    const found = await findFiles(folder, listed, signal)
    await beginPlain(store, model, found)
    const before = recordOf(model)?.versions ?? {}
    const changed = found.filter(({ name, version }) => before[name] !== undefined && before[name] !== version)
    for (const { name } of changed) await store.remove(model, name)
    const versions = Object.fromEntries(found.map(({ name, version }) => [name, version ?? '']))
    await save({ ...record, state: 'running', files: found.map(({ name, bytes }) => ({ name, bytes: bytes ?? 0 })), versions })
    for (const file of found) await bringFile(store, model, folder, file, signal, came)
  }

  async function halt(model: string): Promise<void> {
    const job = running.get(model)
    running.delete(model)
    job?.stop.abort(new HearthError('partition', 'stopped'))
    await job?.done
  }

  for (const record of drawer.get()) if (record.state === 'running') run(record)

  return {
    records: () => drawer.get(),
    phaseOf: (model) => running.get(model)?.phase ?? 'loading',
    came,
    async start(record) {
      await halt(record.model)
      await save(record)
      if (record.state === 'running') run(record)
    },
    async pause(model) {
      const record = recordOf(model)
      if (record?.state !== 'running') return
      await halt(model)
      await save({ ...(recordOf(model) ?? record), state: 'paused' })
    },
    async resume(model) {
      const record = recordOf(model)
      if (!record) throw new HearthError('not_found', `nothing of ${model} was begun`)
      if (record.state === 'done' || running.has(model)) return
      const going: Record = { ...record, state: 'running', problem: null }
      await save(going)
      run(going)
    },
    async forget(model) {
      await halt(model)
      await drawer.set(drawer.get().filter((record) => record.model !== model))
      tell()
    },
    async stop() {
      calledOff?.()
      await Promise.all([...running.keys()].map(halt))
    },
  }
}
