import { federationPass } from '#protocol/community/federation-capabilities.ts'
import type { Capability, Input, Output } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { CommunityId, NodeId } from '#protocol/core/ids.ts'
import type { Signer } from '#protocol/core/signing.ts'
import type { Bus } from '../bus/bus.ts'
import type { CommunityHolder } from '../community/holder.ts'
import type { Members } from '../community/members.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { every, type Runtime } from '../runtime.ts'
import { createSignal, type Signal } from '../signal.ts'
import { type Partner, partnersOf } from './partners.ts'

/** An agreement begins and ends by the clock, not by an event. */
const LOOK_AGAIN_MS = 60_000
/** A pass is asked for anew so long before it ends. */
const PASS_SPARE_MS = 60_000

export interface FederationDeps {
  readonly runtime: Runtime
  readonly signer: Signer
  readonly bus: Bus
  readonly mesh: Mesh
  readonly community: CommunityHolder
  readonly members: Members
  /** Boxes of other communities, in place of those before. */
  readonly setRelays: (relays: readonly string[]) => void
}

/** A device of another community that may be called. */
export interface Abroad {
  readonly partner: Partner
  readonly peer: NodeId
}

/** This community's devices and those of others it has an agreement with (FDR-5). Nothing else passes between them than calls. */
export interface Federation {
  partners(): readonly Partner[]
  /** Devices of other communities that are connected and may be called, those of this one alone where it is named. */
  abroad(community?: CommunityId): readonly Abroad[]
  /** Whether a peer was met as a device of another community: nothing is synced with it. */
  isAbroad(peer: NodeId): boolean
  /** A device of another community became one that may be called. */
  readonly met: Signal<Abroad>
  /**
   * Calls a device of another community as this one (FDR-4).
   * @throws HearthError `unauthorized` where that was not granted; `partition` where no pass can be had; what the other side says
   */
  call<C extends Capability>(capability: C, input: Input<C>, to: Abroad): Promise<Output<C>>
  /** Follows what the log says now. */
  settle(): void
  stop(): void
}

export const grants = ({ theirs }: Partner, capability: Capability): boolean =>
  theirs.grants.some(({ capability: name }) => name === capability.name)

export function createFederation(deps: FederationDeps): Federation {
  const { runtime, signer, bus, mesh, members } = deps
  const met = createSignal<Abroad>()
  const passes = new Map<string, { readonly pass: string; readonly untilMs: number }>()
  let known = new Set<NodeId>()
  let topics = ''

  function partners(): readonly Partner[] {
    const state = deps.community.current()?.log.state()
    return state ? partnersOf(state, runtime.now()) : []
  }
  const inForce = (): readonly Partner[] => partners().filter(({ state }) => state === 'in_force')

  const isConnected = (peer: NodeId): boolean =>
    mesh.peers().some(({ nodeId, connection }) => nodeId === peer && (connection === 'direct' || connection === 'relayed'))

  /** Calls are made by the anchor who signed, or with a pass, which that one hands out. */
  const mayCall = ({ ours }: Partner): boolean => ours.anchor === signer.nodeId || isConnected(ours.anchor)

  const foreigners = ({ topic }: Partner): readonly NodeId[] =>
    mesh.at(topic).filter((peer) => members.levelOf(peer) === 'unknown')

  function abroad(community?: CommunityId): readonly Abroad[] {
    return inForce()
      .filter((partner) => (community === undefined || partner.theirs.community_id === community) && mayCall(partner))
      .flatMap((partner) =>
        foreigners(partner)
          .filter(isConnected)
          .map((peer) => ({ partner, peer })),
      )
  }

  function look(): void {
    const now = abroad()
    const before = known
    known = new Set(now.map(({ peer }) => peer))
    for (const one of now) if (!before.has(one.peer)) met.emit(one)
  }

  function settle(): void {
    const live = inForce()
    const next = live.map(({ topic }) => topic)
    if (next.join() !== topics) {
      topics = next.join()
      mesh.meet(next)
      deps.setRelays(live.flatMap(({ relays }) => relays))
    }
    look()
  }

  async function passFor({ manifest, ours }: Partner, capability: string): Promise<string | undefined> {
    if (ours.anchor === signer.nodeId) return undefined
    const key = `${manifest.manifest_id} ${capability}`
    const kept = passes.get(key)
    if (kept && kept.untilMs > runtime.now()) return kept.pass
    const given = await bus.call(federationPass, { manifest_id: manifest.manifest_id, capability }, { to: ours.anchor })
    passes.set(key, { pass: given.pass, untilMs: Date.parse(given.expires_at) - PASS_SPARE_MS })
    return given.pass
  }

  const stops = [mesh.changed.on(look), every(runtime, LOOK_AGAIN_MS, settle)]

  return {
    partners,
    abroad,
    isAbroad: (peer) => members.levelOf(peer) === 'unknown' && partners().some(({ topic }) => mesh.at(topic).includes(peer)),
    met,
    async call(capability, input, { partner, peer }) {
      if (!grants(partner, capability)) throw new HearthError('unauthorized', 'that community did not grant this')
      const token = await passFor(partner, capability.name)
      return bus.call(capability, input, { to: peer, signed: true, ...(token === undefined ? {} : { token }) })
    },
    settle,
    stop() {
      for (const stop of stops) stop()
    },
  }
}
