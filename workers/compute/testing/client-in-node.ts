import { expose } from 'comlink'
import { HearthError } from '#protocol/core/errors.ts'
import { type ComputeClient, createComputeClient } from '../client.ts'
import type { Backend } from '../engine/backend.ts'
import { createEngine, type EngineStatus } from '../engine/engine.ts'
import { openModel } from '../model/open-model.ts'
import { sendHearthErrors } from '../port.ts'
import { createCompute } from '../service.ts'
import { type Files, folderOf } from './folder.ts'

/** Where its models are. */
type ModelFolders = Pick<Parameters<typeof createCompute>[0], 'stored' | 'folder' | 'open'>

interface Options extends Common {
  /** Models on this device by name; may change while it runs. */
  readonly models: ReadonlyMap<string, Files>
}

interface Common {
  readonly runtime: { monotonic(): number; after(ms: number, task: () => void): () => void }
  readonly open: (kind: 'webgpu' | 'wasm') => Promise<Backend | null>
  readonly budgetBytes?: number
  readonly idleMs?: number
}

/** What is behind a client in a test. */
export interface ClientInNode {
  readonly client: ComputeClient
  /** Null before anything was computed. */
  status(): EngineStatus | null
  /** Its worker is gone as if the browser had ended it: nobody hears of it but by what holds its life. */
  kill(): void
}

/** Node takes a thousand messages before it looks at anything else: a turn of its loop is what a message is to a worker. */
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A compute worker without a worker, over models that are at hand. */
export function computeInNode({ models, ...options }: Options): ClientInNode {
  return computeFrom({
    ...options,
    folders: {
      stored: async () => [...models.keys()].sort(),
      folder: async (id) => {
        const files = models.get(id)
        if (!files) throw new HearthError('not_found', `there is no model ${id} on this device`)
        return folderOf(files, id)
      },
      open: openModel,
    },
  })
}

/** A compute worker without a worker: the same service behind the same messages, so that what moves is gone here, too. */
export function computeFrom({
  runtime,
  folders,
  open,
  budgetBytes = 1e9,
  idleMs = 600_000,
}: Common & { readonly folders: ModelFolders }): ClientInNode {
  let status: (() => EngineStatus) | null = null
  let kill = (): void => undefined
  const { monotonic } = runtime
  const timers = new Set<() => void>()

  /** As a worker's own timers, these end with it. */
  function after(ms: number, task: () => void): () => void {
    const cancel = runtime.after(ms, () => {
      timers.delete(cancel)
      task()
    })
    timers.add(cancel)
    return () => {
      timers.delete(cancel)
      cancel()
    }
  }

  // a test's clock runs ahead of what is really computed: nobody is given up for that
  const patient = { after: () => () => undefined }
  const client = createComputeClient(patient, () => {
    const { port1, port2 } = new MessageChannel()
    sendHearthErrors()
    const compute = createCompute({
      ...folders,
      startEngine: async () => {
        const engine = await createEngine({ open, monotonic, after, breathe }, { budgetBytes, idleMs })
        status = engine.status
        return engine
      },
      monotonic,
    })
    expose(compute, port1)
    function end(): void {
      status = null
      for (const cancel of timers) cancel()
      timers.clear()
      port1.close()
      port2.close()
    }
    const died = new Promise<HearthError>((resolve) => {
      kill = () => {
        end()
        resolve(new HearthError('partition', 'the compute worker has ended by itself'))
      }
    })
    return { endpoint: port2, died, end }
  })
  return { client, status: () => status?.() ?? null, kill: () => kill() }
}
