import type { Input } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { type NodeId, nodeIdOf, parseUlid } from '#protocol/core/ids.ts'
import { DISTRIBUTED_LLM_HANDED_PURPOSE } from '#protocol/distributed-inference/constants.ts'
import type { ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import { type shardConnect, shardHandOn } from '#protocol/distributed-inference/shard-capabilities.ts'
import type { ComputeClient } from '../../../compute/client.ts'
import type { Backend } from '../../../compute/engine/backend.ts'
import { createEngine } from '../../../compute/engine/engine.ts'
import { openModel } from '../../../compute/model/open-model.ts'
import type { ChatEnding, ComputePort, Piece } from '../../../compute/port.ts'
import { createCompute } from '../../../compute/service.ts'
import { type Files, folderOf } from '../../../compute/testing/folder.ts'
import type { Bus } from '../../../kernel/bus/bus.ts'
import type { FramedStream } from '../../../kernel/mesh/mesh.ts'
import type { Runtime } from '../../../kernel/runtime.ts'
import type { TensorSession, TensorSessionOptions, TensorTransport } from '../../../kernel/tensors.ts'
import { packTensor, unpackTensor } from '../../../transport/tensor/dtype.ts'
import { acceptTensorSession, openTensorSession } from '../../../transport/tensor/session.ts'
import { instantEnds, streamEnds } from '../../../transport/tensor/testing/pair.ts'
import type { ReadyShard } from '../offered-layers.ts'
import type { OpenLink } from '../recruiting.ts'
import { openShardLink } from '../shard-link.ts'
import { type Conversation, converse, quietly } from '../shard-session.ts'

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
    lost: { on: () => () => undefined },
    close: () => undefined,
  }
}

/** What a device does wrong. Tokens are counted over the conversation, the question's too. */
export type Fault =
  | { readonly kind: 'lost' | 'stalled'; readonly at: number }
  /** Says that it was handed something else than it was. */
  | { readonly kind: 'forges'; readonly at: number }
  /** Hands nothing on any more. */
  | { readonly kind: 'keeps'; readonly at: number }
  | { readonly kind: 'slow'; readonly at: number; readonly ms: number }
  /** `to`: to whom it gives something else; to all it gives it to, unless said. */
  | {
      readonly kind: 'gives'
      readonly at: number
      readonly once: boolean
      readonly to?: 'next' | 'asker'
      readonly change: (hidden: Float32Array<ArrayBuffer>) => Float32Array<ArrayBuffer>
    }

/** A device that computes for others, over real sessions with nothing between, and does wrong when it is told to. */
export interface Device {
  readonly nodeId: NodeId
  readonly shards: readonly ShardDescriptor[]
  fault: Fault | null
  /** Sessions that are open, of those who ask. */
  readonly links: Set<TensorSession>
  /** Sessions over which it is handed steps. */
  readonly handed: Set<TensorSession>
  /** Layers that it computes instead of those it says. */
  computes: { readonly from: number; readonly to: number } | null
  /** Model whose weights it computes with instead of those it says. */
  weights: string | null
  /** Tokens it computed, and in how many steps. */
  computed: number
  steps: number
  /** Conversations it was asked to open. */
  opened: number
}

interface Known {
  readonly device: Device
  readonly compute: ComputePort
}

export const ASKER = nodeIdOf(new Uint8Array(32).fill(255))

/** @param oneWayMs between two nodes; `ASKER` asks */
export function createDevices(runtime: Runtime, oneWayMs: (one: NodeId, other: NodeId) => number = () => 0) {
  const devices = new Map<NodeId, Known>()
  const opened = new Map<string, { readonly conversation: Promise<Conversation>; readonly device: Device }>()
  /** Takes the other end of a session that was offered. */
  const offered = new Map<string, (stream: FramedStream) => void>()

  function add(name: string, compute: ComputePort, shards: readonly ShardDescriptor[]): Device {
    const key = new Uint8Array(32)
    new TextEncoder().encodeInto(name, key)
    const device: Device = {
      nodeId: nodeIdOf(key),
      shards,
      fault: null,
      computes: null,
      weights: null,
      links: new Set(),
      handed: new Set(),
      computed: 0,
      steps: 0,
      opened: 0,
    }
    devices.set(device.nodeId, { device, compute })
    return device
  }

  function find(nodeId: NodeId): Known {
    const known = devices.get(nodeId)
    if (!known) throw new HearthError('partition', 'nobody of this name')
    if (known.device.fault?.kind === 'lost' && known.device.fault.at < 0) throw new HearthError('partition', 'it is gone')
    return known
  }

  /** A session that waits to be opened. */
  function offer(self: NodeId, dtype: ShardDescriptor['dtype'], among: Set<TensorSession>) {
    const session_id = runtime.ulid()
    const session = new Promise<TensorSession>((resolve, reject) => {
      offered.set(session_id, (stream) => {
        const options: TensorSessionOptions = { compression: 'none', preferredDtype: dtype }
        acceptTensorSession({ runtime, self }, stream, async () => options).then((open) => {
          among.add(open)
          void open.ended.then(() => among.delete(open))
          resolve(open)
        }, reject)
      })
    })
    session.catch(() => undefined)
    return { grant: { session_id, session_token: `token of ${session_id}` }, session }
  }

  const connectAs =
    (self: NodeId): TensorTransport['connect'] =>
    async (peer, grant, options) => {
      find(peer)
      const ms = oneWayMs(self, peer)
      const { streams } = await (ms === 0 ? instantEnds([self, peer]) : streamEnds(runtime, ms, [self, peer]))
      const take = offered.get(grant.session_id)
      offered.delete(grant.session_id)
      if (!take) throw new HearthError('unauthorized', 'nobody offers this session')
      take(streams[1])
      return openTensorSession({ runtime, self }, streams[0], grant, options)
    }

  async function connect(peer: NodeId, shard: ShardDescriptor, handedBy: NodeId | null) {
    const { device, compute } = find(peer)
    const { from, to } = device.computes ?? shard.layers
    const range = { first: from, end: to + 1 }
    const model = device.weights ?? shard.model
    await compute.load(model, range)
    device.opened++
    const { grant, session } = offer(peer, shard.dtype, device.links)
    const handing = handedBy && offer(peer, shard.dtype, device.handed)
    const conversation = session.then((open) => {
      const ready: ReadyShard = {
        descriptor: shard,
        life: new AbortController().signal,
        enter: () => () => undefined,
        served: (tokens) => {
          device.computed += tokens
          device.steps += 1
        },
      }
      const sequence = { model, ...range, sequence: grant.session_id }
      const lying = { compute: computing(runtime, { device, compute }, open), isTrusted: () => true }
      const told = converse(lying, givenTo(device, open, 'asker'), ready, sequence, handing ? handing.session : null)
      void quietly(told.over)
      return told
    })
    conversation.catch(() => undefined)
    opened.set(grant.session_id, { conversation, device })
    return { ...grant, ...(handing && { handed: handing.grant }), dtype: shard.dtype, max_tokens: shard.max_tokens }
  }

  async function handOn({ session_id, next }: Input<typeof shardHandOn>): Promise<Record<string, never>> {
    const known = opened.get(session_id)
    if (!known) throw new HearthError('not_found', 'no such conversation')
    const { device } = known
    const [dtype] = device.shards.map((shard) => shard.dtype)
    const grant = { ...next, session_id: parseUlid(next.session_id), purpose: DISTRIBUTED_LLM_HANDED_PURPOSE }
    const session = await connectAs(device.nodeId)(next.node_id, grant, {
      compression: 'none',
      ...(dtype && { preferredDtype: dtype }),
    })
    const conversation = await known.conversation
    conversation.handOn(givenTo(device, session, 'next'))
    return {}
  }

  const openLink: OpenLink = (peer, shard, options) => {
    const call = async (capability: unknown, input: unknown): Promise<unknown> =>
      capability === shardHandOn
        ? handOn(input as Input<typeof shardHandOn>)
        : connect(peer, shard, (input as Input<typeof shardConnect>).handed_by ?? null)
    // the two that a link calls
    const bus = { call } as unknown as Pick<Bus, 'call'>
    return openShardLink({ bus, tensors: { connect: connectAs(ASKER) } }, peer, shard, options)
  }

  return {
    add,
    openLink,
    list: (): readonly Device[] => [...devices.values()].map(({ device }) => device),
  }
}

const isStruck = (fault: Fault, at: number, tokens: number): boolean =>
  at + tokens > fault.at && (fault.kind !== 'gives' || !fault.once || at <= fault.at)

/** What a device computes with, and what goes wrong there. */
function computing(
  runtime: Pick<Runtime, 'after'>,
  { device, compute }: Known,
  session: TensorSession,
): Pick<ComputeClient, 'forward' | 'forget'> {
  return {
    async forward(step) {
      const { fault } = device
      const struck = fault !== null && isStruck(fault, step.position, step.hidden.length / widthOf(device))
      if (fault?.kind === 'lost' && struck) {
        device.fault = { kind: 'lost', at: -1 }
        for (const open of [...device.links, ...device.handed]) open.cancel('lost')
      }
      if (fault?.kind === 'stalled' && struck) await session.ended
      if (fault?.kind === 'slow' && struck)
        await Promise.race([new Promise<void>((resolve) => void runtime.after(fault.ms, resolve)), session.ended])
      if (!device.links.has(session)) throw new HearthError('partition', 'the conversation is over')
      const out = await compute.forward(step)
      return fault?.kind === 'gives' && !fault.to && struck ? fault.change(out) : out
    },
    forget: (conversation) => void compute.forget(conversation),
  }
}

/** A session over which a device that lies to one side alone does so. */
function givenTo(device: Device, session: TensorSession, to: 'next' | 'asker'): TensorSession {
  let position = 0
  return {
    ...session,
    send(tensor, options) {
      const { fault } = device
      const forged = fault?.kind === 'forges' && position > fault.at
      if (tensor.dtype === 'int8') return session.send(forged ? { ...tensor, bytes: tensor.bytes.fill(7) } : tensor, options)
      const { values } = unpackTensor(tensor)
      const tokens = values.length / widthOf(device)
      const struck = fault?.kind === 'gives' && fault.to === to && isStruck(fault, position, tokens)
      position += tokens
      if (fault?.kind === 'keeps' && to === 'next' && isStruck(fault, position - tokens, tokens)) return Promise.resolve()
      return session.send(struck ? packTensor(fault.change(values), tensor.shape, tensor.dtype) : tensor, options)
    },
  }
}

const widthOf = ({ shards: [shard] }: Device): number => shard?.hidden_size ?? 1
