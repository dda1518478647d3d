import * as communityEvents from '#protocol/community/events.ts'
import { type Output, reaches, type TrustLevel } from '#protocol/core/capability.ts'
import { toHearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import {
  DISTRIBUTED_LLM_MISSED_HEARTBEATS,
  DISTRIBUTED_LLM_SHARD_HEARTBEAT_SECONDS,
} from '#protocol/distributed-inference/constants.ts'
import type { ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import { type shardList, shardWatch } from '#protocol/distributed-inference/shard-capabilities.ts'
import { eventsWatch } from '#protocol/events/capabilities.ts'
import { nodePeers } from '#protocol/node/capabilities.ts'
import { meshChanged } from '#protocol/node/events.ts'
import type { Bus } from '../../kernel/bus/bus.ts'
import { delay, every, type Runtime } from '../../kernel/runtime.ts'
import { createSignal, type Signal } from '../../kernel/signal.ts'

/** A node in reach and what it offers, as it last said. */
export interface KnownNode {
  readonly nodeId: NodeId
  /** Milliseconds since 1970. */
  readonly heardAt: number
  /** Round trip; null before it is measured. */
  readonly latencyMs: number | null
  readonly shards: readonly ShardDescriptor[]
  /** Others that it says it is directly connected with, and the round trips (DLM-11). */
  readonly reach: readonly Reach[]
  /** It was asked since and did not answer in time. */
  readonly silent: boolean
}

export interface Reach {
  readonly node_id: NodeId
  readonly latency_ms: number
}

/** Who offers what right now (DLM-1). */
export interface ShardDirectory {
  nodes(): readonly KnownNode[]
  /** Those of them that are connected directly, where the round trip is known. */
  reach(): readonly Reach[]
  /** Notes that a node did not answer in time: it is silent until it says something again, as it does with every heartbeat. */
  markSilent(node: NodeId): void
  /** Shards of a node went: it said so, its connection is lost, or four heartbeats brought nothing. */
  readonly gone: Signal<NodeId>
  /** Somebody's shards came, went or changed. */
  readonly changed: Signal<void>
  stop(): void
}

interface DirectoryDeps {
  readonly bus: Pick<Bus, 'call' | 'stream'>
  readonly runtime: Runtime
}

const HEARTBEAT_MS = DISTRIBUTED_LLM_SHARD_HEARTBEAT_SECONDS * 1000
const SILENCE_MS = DISTRIBUTED_LLM_MISSED_HEARTBEATS * HEARTBEAT_MS
/** Until a peer that broke off is asked again; doubled each time, up to the most. */
const FIRST_RETRY_MS = 1000
const MOST_RETRY_MS = 30_000
/** Until a peer that does not offer anything to this device is asked again: it may have been switched on. */
const REFUSED_RETRY_MS = 10_000
/** Others that are told of, at most. */
const MOST_REACHED = 64
const REFUSALS: ReadonlySet<string> = new Set(['experimental_disabled', 'unauthorized', 'not_implemented', 'schema_mismatch'])
/** After which it is looked anew at who is in reach. */
const TOUCHING: ReadonlySet<string> = new Set([
  meshChanged.type,
  ...Object.values(communityEvents).flatMap((event) => ('type' in event ? [event.type] : [])),
])

interface Heard {
  readonly at: number
  readonly monotonic: number
  readonly shards: readonly ShardDescriptor[]
  readonly reach: readonly Reach[]
}

/** Listens to every peer in reach that is trusted: what is computed for this device is read by whoever computes it (DLM-5). */
export function createShardDirectory({ bus, runtime }: DirectoryDeps): ShardDirectory {
  const stopping = new AbortController()
  const following = new Map<NodeId, AbortController>()
  const latencies = new Map<NodeId, number | null>()
  const direct = new Set<NodeId>()
  const heard = new Map<NodeId, Heard>()
  const silent = new Set<NodeId>()
  const gone = createSignal<NodeId>()
  const changed = createSignal<void>()
  let looking = false
  let again = false

  function hear(peer: NodeId, { shards, reach = [] }: Output<typeof shardList>): void {
    const last = heard.get(peer)
    const had = last?.shards ?? []
    const now = shards.filter(isSound)
    silent.delete(peer)
    heard.set(peer, { at: runtime.now(), monotonic: runtime.monotonic(), shards: now, reach })
    if (isLess(now, had)) gone.emit(peer)
    // round trips change with every beat, who is reached does not
    const reached = (known: readonly Reach[] = []): string => known.map(({ node_id }) => node_id).join()
    if (JSON.stringify(had) !== JSON.stringify(now) || reached(last?.reach) !== reached(reach)) changed.emit()
  }

  function lose(peer: NodeId): void {
    const had = heard.get(peer)
    silent.delete(peer)
    if (!heard.delete(peer) || !had || had.shards.length === 0) return
    gone.emit(peer)
    changed.emit()
  }

  /** Follows a peer until it is told not to. */
  async function follow(peer: NodeId, signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      let wait = Math.min(FIRST_RETRY_MS * 2 ** failures, MOST_RETRY_MS)
      try {
        for await (const offered of bus.stream(shardWatch, {}, { to: peer, signal })) {
          failures = 0
          hear(peer, offered)
        }
      } catch (error) {
        if (REFUSALS.has(toHearthError(error).code)) wait = REFUSED_RETRY_MS
      }
      lose(peer)
      if (!signal.aborted) await delay(runtime, wait, signal).catch(() => undefined)
    }
  }

  function unfollow(peer: NodeId): void {
    following.get(peer)?.abort()
    following.delete(peer)
    lose(peer)
  }

  async function look(): Promise<void> {
    const { peers } = await bus.call(nodePeers, {})
    if (stopping.signal.aborted) return
    const near = peers.filter(({ connection, level }) => isConnected(connection) && isTrusted(level))
    latencies.clear()
    direct.clear()
    for (const { node_id, latency_ms, connection } of near) {
      latencies.set(node_id, latency_ms)
      if (connection === 'direct') direct.add(node_id)
    }
    for (const peer of [...following.keys()]) if (!latencies.has(peer)) unfollow(peer)
    for (const peer of latencies.keys()) {
      if (following.has(peer)) continue
      const stop = new AbortController()
      following.set(peer, stop)
      void follow(peer, stop.signal)
    }
  }

  /** One look at a time; what changes meanwhile is looked at afterwards. */
  function lookSoon(): void {
    again = true
    if (!looking) void keepLooking()
  }

  async function keepLooking(): Promise<void> {
    looking = true
    while (again && !stopping.signal.aborted) {
      again = false
      // the node's own bus refuses only while it stops
      await look().catch(() => undefined)
    }
    looking = false
  }

  function dropSilent(): void {
    const before = runtime.monotonic() - SILENCE_MS
    for (const [peer, { monotonic }] of [...heard]) if (monotonic <= before) unfollow(peer)
    // also for round trips, which change without anybody saying so
    lookSoon()
  }

  async function listen(): Promise<void> {
    for await (const { types } of bus.stream(eventsWatch, {}, { signal: stopping.signal }))
      if (types.some((type) => TOUCHING.has(type))) lookSoon()
  }

  // it ends when this stops; while the node runs its own bus breaks nothing off
  void listen().catch(() => undefined)
  const stopBeating = every(runtime, HEARTBEAT_MS, dropSilent)
  lookSoon()

  return {
    nodes: () =>
      [...heard]
        .map(([nodeId, { at, shards, reach }]) => ({
          nodeId,
          heardAt: at,
          latencyMs: latencies.get(nodeId) ?? null,
          shards,
          reach,
          silent: silent.has(nodeId),
        }))
        .sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1)),
    reach: () =>
      [...heard]
        .flatMap(([node_id, { shards }]) => {
          const latency_ms = latencies.get(node_id) ?? null
          return shards.length > 0 && direct.has(node_id) && latency_ms !== null ? [{ node_id, latency_ms }] : []
        })
        .slice(0, MOST_REACHED),
    markSilent(node) {
      if (heard.has(node)) silent.add(node)
    },
    gone,
    changed,
    stop() {
      stopBeating()
      stopping.abort()
      for (const stop of following.values()) stop.abort()
      following.clear()
      heard.clear()
    },
  }
}

const isConnected = (connection: string): boolean => connection === 'direct' || connection === 'relayed'
const isTrusted = (level: TrustLevel): boolean => level !== 'self' && reaches(level, 'trusted')

/** Whether a shard that was there is not there any more. */
export const isLess = (now: readonly ShardDescriptor[], before: readonly ShardDescriptor[]): boolean =>
  before.some((one) => !now.some(({ shard_id }) => shard_id === one.shard_id))

/** What a schema cannot say: layers that are there, and no more conversations than are taken. */
const isSound = ({ layers, model_layers, shard_id, model }: ShardDescriptor): boolean =>
  layers.from <= layers.to && layers.to < model_layers && shard_id.startsWith(`${model}:${layers.from}-${layers.to}`)
