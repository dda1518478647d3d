import { EVENTS } from '#protocol/catalogue.ts'
import { BUS_MAX_MESSAGE_BYTES, BUS_PROTOCOL } from '#protocol/core/bus.ts'
import { utf8 } from '#protocol/core/encoding.ts'
import { toHearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { parseJson } from '#protocol/core/json.ts'
import { SYNC_EVERY_SECONDS } from '#protocol/core/sync.ts'
import type { Bus, MessageLink } from './bus/bus.ts'
import type { CommunityHolder } from './community/holder.ts'
import type { Members } from './community/members.ts'
import type { Federation } from './federation/federation.ts'
import type { EventLog, LogChange, Outcome } from './log/log.ts'
import type { VerifiedEvent } from './log/verify.ts'
import type { GossipVerdict, Mesh } from './mesh/mesh.ts'
import { createFramedLink } from './port/framed-link.ts'
import { delay, every, type Runtime } from './runtime.ts'
import { createLosses } from './sync/losses.ts'
import { serveSync, syncWith } from './sync/sync.ts'
import { createWarmStreams } from './warm-streams.ts'

/** After a sync brought news, the other neighbours are asked this much later, so that one burst makes one round. */
const PASS_ON_MS = 1500

export interface NetworkDeps {
  readonly runtime: Runtime
  readonly mesh: Mesh
  readonly bus: Bus
  readonly community: CommunityHolder
  readonly members: Members
  readonly federation: Federation
  /** A member became reachable and is in step. */
  readonly met: (peer: NodeId) => void
}

/** What ties the log and the bus to the mesh: gossip, catching up, remote calls. */
export interface Network {
  /** Starts gossip and sync for the open community. */
  enter(): void
  leave(): void
  /** Hands an event to everyone who listens (SYN-1). */
  publish(event: VerifiedEvent): void
  /** Reconciles with this peer now. @throws HearthError */
  sync(peer: NodeId): Promise<void>
  /** Reconciles with everyone in reach, for at most so long: before this node falls silent for good. */
  handOver(ms: number): Promise<void>
  openLink(peer: NodeId, signal: AbortSignal): Promise<MessageLink>
  stop(): void
}

export function createNetwork(deps: NetworkDeps): Network {
  const { runtime, mesh, bus, community, members, federation } = deps
  const syncing = new Map<NodeId, Promise<void>>()
  const stops: (() => void)[] = []
  let passOn: (() => void) | null = null
  let stopFollowing = (): void => {}
  const warm = createWarmStreams({
    runtime,
    open: (peer, signal) =>
      mesh.open(peer, BUS_PROTOCOL, { maxFrameBytes: BUS_MAX_MESSAGE_BYTES, ...(signal ? { signal } : {}) }),
    connectionOf(peer) {
      const found = mesh.peers().find(({ nodeId }) => nodeId === peer)
      return `${found?.connection} since ${found?.since}`
    },
  })

  const log = (): EventLog | null => community.current()?.log ?? null
  const isMember = (peer: NodeId): boolean => !['unknown', 'revoked'].includes(members.levelOf(peer))
  const reachable = (): readonly NodeId[] =>
    mesh.peers().flatMap(({ nodeId, connection }) => (connection === 'direct' || connection === 'relayed' ? [nodeId] : []))

  /** One of two starts it, or both would send the same events at once; a newcomer always asks. */
  const isMine = (peer: NodeId): boolean => mesh.nodeId < peer || log()?.isCaughtUp() === false

  const losses = createLosses({
    runtime,
    isHeld: (cid) => log()?.has(cid) === true,
    neighbours: () => reachable().filter(isMember),
    isMine,
    isSyncing: (peer) => syncing.has(peer),
    sync: trySync,
  })

  async function reconcile(current: EventLog, peer: NodeId): Promise<void> {
    losses.compares(peer)
    const { received } = await syncWith({ runtime, mesh, log: current }, peer)
    if (members.levelOf(mesh.nodeId) !== 'unknown') await current.caughtUp()
    if (received > 0) schedulePassOn(peer)
    deps.met(peer)
  }

  function sync(peer: NodeId): Promise<void> {
    const current = log()
    if (!current) return Promise.resolve()
    const running = syncing.get(peer)
    if (running) return running
    const run = reconcile(current, peer).finally(() => syncing.delete(peer))
    syncing.set(peer, run)
    return run
  }

  /** A sync that fails is tried again by the clock; the peer may simply have closed the lid. */
  function trySync(peer: NodeId): void {
    sync(peer).catch((error: unknown) => {
      if (toHearthError(error).code === 'internal_error') reportError(error)
    })
  }

  /** Neighbours of ours who are no neighbours of the one who brought news would otherwise wait for the clock. */
  function schedulePassOn(from: NodeId): void {
    passOn?.()
    passOn = runtime.after(PASS_ON_MS, () => {
      for (const peer of reachable()) if (peer !== from && isMember(peer)) trySync(peer)
    })
  }

  async function judge(bytes: Uint8Array<ArrayBuffer>, from: NodeId): Promise<GossipVerdict> {
    const current = log()
    if (!current) return 'ignore'
    try {
      const [outcome] = await current.ingest([parseJson(bytes)])
      if (outcome && isMember(from)) noticeGap(current, outcome, from)
      if (outcome?.kind === 'stored') return 'accept'
      return outcome?.kind === 'refused' ? 'reject' : 'ignore'
    } catch (error) {
      // unreadable bytes are the sender's fault, a full device is ours
      return toHearthError(error).code === 'bad_request' ? 'reject' : 'ignore'
    }
  }

  /** What waits lacks something before it as well: its author's joining, or what moved the clock so far (EVT-4). */
  function noticeGap(current: EventLog, outcome: Outcome, from: NodeId): void {
    if (outcome.kind === 'waiting') losses.gap(from, outcome.cid)
    else if (outcome.kind === 'stored' && outcome.prev && !current.has(outcome.prev)) losses.gap(from, outcome.prev)
  }

  function greet(peer: NodeId): void {
    const level = members.levelOf(peer)
    if (level === 'revoked') mesh.banish(peer)
    else if (federation.isAbroad(peer)) return
    else if (log() && (isMine(peer) || level === 'unknown')) trySync(peer)
    else if (log()) deps.met(peer)
  }

  /** Hangs up on whoever an event that just came has excluded (COM-4). */
  function expel(): void {
    for (const { nodeId } of mesh.peers()) if (members.levelOf(nodeId) === 'revoked') mesh.banish(nodeId)
  }

  function changed({ types }: LogChange): void {
    expel()
    federation.settle()
    if (types.some((type) => EVENTS.get(type)?.urgent)) losses.urgent()
  }

  function syncByClock(): void {
    for (const peer of reachable()) if (isMine(peer) && !federation.isAbroad(peer)) trySync(peer)
  }

  const offline = (): boolean => !mesh.boxes().some(({ state }) => state === 'connected')

  mesh.onGossip(judge)
  // a newcomer has nothing to tell that others do not know, and knows nobody yet
  mesh.mayHear((peer) => log()?.isCaughtUp() !== true || isMember(peer))
  stops.push(
    serveSync({ runtime, mesh, log, isMember, compares: losses.compares }),
    mesh.handle({
      protocol: BUS_PROTOCOL,
      maxFrameBytes: BUS_MAX_MESSAGE_BYTES,
      handle: (stream) => void bus.answer(createFramedLink(stream), stream.peer),
    }),
    mesh.connected.on(greet),
    every(runtime, SYNC_EVERY_SECONDS.online * 1000, () => {
      if (!offline()) syncByClock()
    }),
    every(runtime, SYNC_EVERY_SECONDS.offline * 1000, () => {
      if (offline()) syncByClock()
    }),
  )

  return {
    enter() {
      const current = log()
      if (!current) return
      mesh.enter(current.communityId)
      stopFollowing()
      stopFollowing = current.changed.on(changed)
      federation.settle()
      reachable().forEach(greet)
    },
    leave() {
      stopFollowing()
      mesh.leave()
    },
    publish({ text }) {
      // whoever misses it gets it by reconciliation
      mesh.publish(utf8(text)).catch(() => {})
    },
    sync,
    async handOver(ms) {
      const all = Promise.allSettled(reachable().map(sync))
      await Promise.race([all, delay(runtime, ms)])
    },
    openLink: async (peer, signal) => createFramedLink(await warm.take(peer, signal)),
    stop() {
      passOn?.()
      losses.stop()
      warm.stop()
      stopFollowing()
      for (const stop of stops) stop()
    },
  }
}
