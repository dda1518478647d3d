import { HearthError } from '#protocol/core/errors.ts'
import { type NodeId, nodeIdOf } from '#protocol/core/ids.ts'
import { hopDtypeOf } from '#protocol/distributed-inference/hop-dtype.ts'
import type { ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import type { ComputeClient } from '../../../compute/client.ts'
import type { Backend } from '../../../compute/engine/backend.ts'
import { createEngine } from '../../../compute/engine/engine.ts'
import { openModel } from '../../../compute/model/open-model.ts'
import type { ChatEnding, ComputePort, Piece } from '../../../compute/port.ts'
import { createCompute } from '../../../compute/service.ts'
import { type Files, folderOf } from '../../../compute/testing/folder.ts'
import type { Runtime } from '../../../kernel/runtime.ts'
import { packTensor, unpackTensor } from '../../../transport/tensor/dtype.ts'
import type { OpenLink } from '../orchestrator.ts'
import type { Link } from '../runner.ts'

/** Node takes a thousand messages before it looks at anything else: a turn of its loop is what a message is to a worker. */
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve))

interface ComputeOptions {
  readonly runtime: Pick<Runtime, 'monotonic' | 'after'>
  readonly backend: Backend
  readonly models: ReadonlyMap<string, Files>
  readonly budgetBytes?: number
}

/** A compute worker in this process. */
export function computeHere({ runtime, backend, models, budgetBytes = 1e9 }: ComputeOptions): ComputePort {
  const { monotonic, after } = runtime
  return createCompute({
    stored: async () => [...models.keys()].sort(),
    folder: async (id) => {
      const files = models.get(id)
      if (!files) throw new HearthError('not_found', `there is no model ${id} on this device`)
      return folderOf(files, id)
    },
    open: openModel,
    startEngine: () =>
      createEngine(
        { open: async (kind) => (kind === 'wasm' ? backend : null), monotonic, after, breathe },
        { budgetBytes, idleMs: 600_000 },
      ),
    monotonic,
  })
}

/** The node's side of it, without a worker between. */
export function clientOf(port: ComputePort): ComputeClient {
  return {
    models: () => port.models(),
    shards: () => port.shards(),
    describe: (model) => port.describe(model),
    load: (model, layers, keep) => port.load(model, layers, keep),
    unload: (model, layers) => port.unload(model, layers),
    forward: (step) => port.forward(step),
    forget: (conversation) => void port.forget(conversation),
    setBudget: (bytes) => port.setBudget(bytes),
    drop: (model) => port.drop(model),
    async *chat(id, request, signal, hops): AsyncGenerator<Piece, ChatEnding> {
      const pieces: Piece[] = []
      let over = false
      let wake = (): void => undefined
      const say = (piece: Piece): void => {
        pieces.push(piece)
        wake()
      }
      const answering = port.chat(id, request, say, hops?.stages, hops?.forward).finally(() => {
        over = true
        wake()
      })
      answering.catch(() => undefined)
      const cancel = (): void => void port.cancel(id)
      signal.addEventListener('abort', cancel)
      if (signal.aborted) cancel()
      try {
        while (!over || pieces.length > 0) {
          const piece = pieces.shift()
          if (piece) yield piece
          else await new Promise<void>((resolve) => (wake = resolve))
        }
        return await answering
      } finally {
        signal.removeEventListener('abort', cancel)
        if (!over) cancel()
      }
    },
    close: () => undefined,
  }
}

/** What a device does wrong. Tokens are counted over the conversation, the question's too. */
export type Fault =
  | { readonly kind: 'lost' | 'stalled'; readonly at: number }
  | { readonly kind: 'slow'; readonly at: number; readonly ms: number }
  | {
      readonly kind: 'gives'
      readonly at: number
      readonly once: boolean
      readonly change: (hidden: Float32Array<ArrayBuffer>) => Float32Array<ArrayBuffer>
    }

/** A device that computes for others, behind a hop that rounds as a real one does, and does wrong when it is told to. */
export interface Device {
  readonly nodeId: NodeId
  readonly shards: readonly ShardDescriptor[]
  fault: Fault | null
  /** Conversations that are open. */
  readonly links: Set<Link>
  /** Layers that it computes instead of those it says. */
  computes: { readonly from: number; readonly to: number } | null
  /** Tokens it computed. */
  computed: number
  /** Conversations it was asked to open. */
  opened: number
}

export function createDevices(runtime: Pick<Runtime, 'after' | 'ulid'>) {
  const devices = new Map<NodeId, { readonly device: Device; readonly compute: ComputePort }>()

  function add(name: string, compute: ComputePort, shards: readonly ShardDescriptor[]): Device {
    const key = new Uint8Array(32)
    new TextEncoder().encodeInto(name, key)
    const device: Device = {
      nodeId: nodeIdOf(key),
      shards,
      fault: null,
      computes: null,
      links: new Set(),
      computed: 0,
      opened: 0,
    }
    devices.set(device.nodeId, { device, compute })
    return device
  }

  const openLink: OpenLink = async (peer, shard, { signal }) => {
    const known = devices.get(peer)
    if (!known) throw new HearthError('partition', 'nobody of this name')
    const { device, compute } = known
    if (device.fault?.kind === 'lost' && device.fault.at < 0) throw new HearthError('partition', 'it is gone')
    const { from, to } = device.computes ?? shard.layers
    const range = { first: from, end: to + 1 }
    await compute.load(shard.model, range)
    device.opened++
    const conversation = { model: shard.model, ...range, sequence: runtime.ulid() }
    const width = shard.hidden_size
    const hopped = (values: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> =>
      unpackTensor(packTensor(values, [values.length / width, width], hopDtypeOf(width))).values
    let position = 0
    let turn: Promise<unknown> = Promise.resolve()
    let end = (): void => undefined
    const ended = new Promise<void>((resolve) => (end = resolve))
    let open = true

    async function step(hidden: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>> {
      const at = position
      const tokens = hidden.length / width
      position += tokens
      const { fault } = device
      const struck = fault !== null && at + tokens > fault.at && (fault.kind !== 'gives' || !fault.once || at <= fault.at)
      if (fault?.kind === 'lost' && struck) {
        device.fault = { kind: 'lost', at: -1 }
        for (const link of [...device.links]) link.close()
      }
      if (fault?.kind === 'stalled' && struck) await new Promise(() => undefined)
      if (fault?.kind === 'slow' && struck) await new Promise<void>((resolve) => void runtime.after(fault.ms, resolve))
      if (!open) throw new HearthError('partition', 'the conversation is over')
      const out = hopped(await compute.forward({ ...conversation, position: at, hidden: hopped(hidden) }))
      device.computed += tokens
      if (!open) throw new HearthError('partition', 'the conversation is over')
      return fault?.kind === 'gives' && struck ? fault.change(out) : out
    }

    const link: Link = {
      peer,
      shard,
      forward(hidden) {
        const answer = turn.then(() => step(hidden))
        turn = answer.catch(() => undefined)
        return answer
      },
      ended,
      close() {
        if (!open) return
        open = false
        device.links.delete(link)
        void compute.forget(conversation)
        end()
      },
    }
    device.links.add(link)
    signal.addEventListener('abort', link.close, { once: true })
    if (signal.aborted) link.close()
    return link
  }

  return {
    add,
    openLink,
    list: (): readonly Device[] => [...devices.values()].map(({ device }) => device),
  }
}
