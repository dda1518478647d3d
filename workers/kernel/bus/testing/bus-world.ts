import type { Request } from '#protocol/core/bus.ts'
import { type Capability, defineCapability, type TrustLevel } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { type NodeId, wireTime } from '#protocol/core/ids.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import { Strict } from '#protocol/core/schema.ts'
import type { Signer } from '#protocol/core/signing.ts'
import * as Type from '#protocol/core/type.ts'
import { createLinkPair } from '../../../memory/link-pair.ts'
import { createSeededRuntime, type SeededRuntime } from '../../../testing/seeded-runtime.ts'
import { testSigner } from '../../../testing/test-identity.ts'
import type { Bus, BusDeps, BusMonitor, MessageLink } from '../bus.ts'
import { createBus } from '../create-bus.ts'

const contract = {
  stability: 'stable',
  input: Strict({ text: Type.String() }),
  output: Strict({ text: Type.String() }),
} as const

/** Contracts as modules declare them, one for each thing the bus tells apart. */
export const echo = defineCapability({ ...contract, name: 'test.echo', trust: 'member', idempotent: true })
export const once = defineCapability({ ...contract, name: 'test.once', trust: 'member', maxConcurrent: 1 })
export const anchors = defineCapability({ ...contract, name: 'test.anchors', trust: 'anchor' })
export const own = defineCapability({ ...contract, name: 'test.own', trust: 'self' })
export const hello = defineCapability({ ...contract, name: 'protocol.hello', trust: 'unknown' })
export const counting = defineCapability({
  name: 'test.counting',
  stability: 'stable',
  trust: 'member',
  input: Strict({ to: Type.Integer() }),
  stream: Strict({ n: Type.Integer() }),
  output: Strict({ counted: Type.Integer() }),
})

export interface TestNode {
  readonly nodeId: NodeId
  readonly signer: Signer
  readonly bus: Bus & BusMonitor
  /** What others are to this node. */
  readonly levels: Map<NodeId, TrustLevel | 'revoked'>
  readonly disabled: Set<string>
  readonly revokedTokens: Set<string>
  readonly abusers: NodeId[]
  /** Milliseconds each caller's clock was ahead, as last heard. */
  readonly clocks: Map<NodeId, number>
  /** Opens a link to this node as `peer`, which the connection has proved. */
  linkFrom(peer: NodeId): MessageLink
}

export interface BusWorld {
  readonly runtime: SeededRuntime
  /** Providers each node knows, nearest first. */
  readonly providers: { nodeId: NodeId; latencyMs: number | null; load: number }[]
  /** Nodes that cannot be reached. */
  readonly away: Set<NodeId>
  node(seed: number): Promise<TestNode>
}

/** Nodes of one community with links in memory; `community` is the id of the node of seed 1. */
export async function createBusWorld(runtime = createSeededRuntime(7)): Promise<BusWorld> {
  const nodes = new Map<NodeId, TestNode>()
  const { nodeId: community } = await testSigner(1)
  const world: BusWorld = { runtime, providers: [], away: new Set(), node: addNode }

  async function addNode(seed: number): Promise<TestNode> {
    const signer = await testSigner(seed)
    const { nodeId } = signer
    const state = {
      levels: new Map<NodeId, TrustLevel | 'revoked'>(),
      disabled: new Set<string>(),
      revokedTokens: new Set<string>(),
      abusers: [] as NodeId[],
      clocks: new Map<NodeId, number>(),
    }
    const deps: BusDeps = {
      self: () => nodeId,
      community: () => community,
      levelOf: (peer) => state.levels.get(peer) ?? 'unknown',
      isDisabled: (name) => state.disabled.has(name),
      providers: () => world.providers.filter((provider) => provider.nodeId !== nodeId),
      isTokenHonoured: ({ jti }) => !state.revokedTokens.has(jti),
      onClock: (peer, aheadMs) => void state.clocks.set(peer, aheadMs),
      onAbuse: (peer) => state.abusers.push(peer),
      async open(peer) {
        const other = nodes.get(peer)
        if (!other || world.away.has(peer)) throw new HearthError('partition', 'cannot be reached')
        return other.linkFrom(nodeId)
      },
    }
    const bus = createBus(runtime, deps)
    const node: TestNode = {
      nodeId,
      signer,
      bus,
      ...state,
      linkFrom(peer) {
        const [here, there] = createLinkPair()
        void bus.answer(there, peer)
        return here
      },
    }
    nodes.set(nodeId, node)
    return node
  }

  return world
}

/** A request as a peer would write it. */
export function requestFor(
  world: BusWorld,
  capability: Capability,
  from: TestNode,
  community: TestNode | null,
  input: JsonValue = { text: 'hi' },
): Request {
  return {
    capability: capability.name,
    version: capability.version,
    request_id: world.runtime.ulid(),
    from: from.nodeId,
    community: community?.nodeId ?? null,
    timestamp: wireTime(world.runtime.now()),
    body: { params: {}, input },
  }
}

/** Sends one message over a fresh link and gives what comes back until the link ends. */
export async function ask(node: TestNode, peer: NodeId, message: JsonValue | object): Promise<JsonValue[]> {
  const link = node.linkFrom(peer)
  // JSON in, JSON out, as over a wire
  await link.send(JSON.parse(JSON.stringify(message)))
  const answers: JsonValue[] = []
  for await (const answer of link.messages) answers.push(answer)
  return answers
}
