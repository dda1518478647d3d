import { type Capability, schemaHash, serves } from '#protocol/core/capability.ts'
import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { type NodeId, wireTime } from '#protocol/core/ids.ts'
import { MANIFEST_TTL_SECONDS, type NodeManifest } from '#protocol/core/manifest.ts'
import { requireSignature, type Signer, signRecord } from '#protocol/core/signing.ts'
import { PROTOCOL_VERSION } from '#protocol/core/version.ts'
import { manifestExchange } from '#protocol/node/capabilities.ts'
import type { Bus, BusMonitor } from './bus/bus.ts'
import type { CommunityHolder } from './community/holder.ts'
import type { Members } from './community/members.ts'
import type { Mesh } from './mesh/mesh.ts'
import { every, type Runtime } from './runtime.ts'

export interface Provider {
  readonly nodeId: NodeId
  readonly latencyMs: number | null
  readonly load: number
}

export interface ManifestDeps {
  readonly runtime: Runtime
  readonly signer: Signer
  readonly bus: Bus & BusMonitor
  readonly mesh: Mesh
  readonly members: Members
  readonly community: CommunityHolder
}

export interface Manifests {
  /** Swaps manifests with a peer. */
  exchange(peer: NodeId): void
  /** Swaps with everyone: what this node offers has changed. */
  announce(): void
  /** Connected peers that announce a capability at a version that serves, nearest first (BUS-5). */
  providers(capability: Capability): readonly Provider[]
  stop(): void
}

/** Who offers what: signed manifests, swapped on connecting, renewed at half their life, dropped when expired (section 6). */
export function createManifests(deps: ManifestDeps): Manifests {
  const { runtime, signer, bus, mesh, members } = deps
  const held = new Map<NodeId, NodeManifest>()

  async function own(): Promise<NodeManifest> {
    const community = deps.community.current()
    const self = members.get(signer.nodeId)
    if (!community || !self) throw new HearthError('not_found', 'this device is in no community')
    const now = runtime.now()
    return signRecord(signer, {
      node_id: signer.nodeId,
      display_name: self.displayName,
      community_id: community.log.communityId,
      profile: 'spark' as const,
      protocol_version: PROTOCOL_VERSION,
      // what only the person here may call is nobody else's business
      capabilities: bus
        .served()
        .filter(({ trust }) => trust !== 'self')
        .map((capability) => ({
          name: capability.name,
          version: capability.version,
          stability: capability.stability,
          schema_hash: schemaHash(capability),
        })),
      load: bus.load(),
      issued_at: wireTime(now),
      expires_at: wireTime(now + MANIFEST_TTL_SECONDS * 1000),
    })
  }

  async function accept(manifest: NodeManifest, from: NodeId): Promise<void> {
    if (manifest.node_id !== from) throw new HearthError('unauthorized', 'a manifest is its own node’s')
    await requireSignature(manifest.node_id, manifest)
    if (Date.parse(manifest.expires_at) <= Date.parse(manifest.issued_at))
      throw new HearthError('bad_request', 'expired at birth')
    held.set(from, manifest)
  }

  function isCurrent(manifest: NodeManifest, heardOf: NodeId): boolean {
    if (Date.parse(manifest.expires_at) > runtime.now()) return true
    held.delete(heardOf)
    return false
  }

  async function swap(peer: NodeId): Promise<void> {
    const { manifest } = await bus.call(manifestExchange, { manifest: await own() }, { to: peer })
    await accept(manifest, peer)
  }

  function exchange(peer: NodeId): void {
    swap(peer).catch((error: unknown) => {
      // a peer that is gone or not yet in step comes again by itself
      if (toHearthError(error).code === 'internal_error') reportError(error)
    })
  }

  const reachable = () => mesh.peers().filter(({ connection }) => connection === 'direct' || connection === 'relayed')

  function announce(): void {
    for (const { nodeId } of reachable()) if (members.get(nodeId)?.status === 'active') exchange(nodeId)
  }

  const withdraw = bus.handle(manifestExchange, async ({ manifest }, { caller }) => {
    if (!caller.nodeId) throw new HearthError('unauthorized', 'manifests are swapped between nodes')
    await accept(manifest, caller.nodeId)
    return { manifest: await own() }
  })
  const stopRenewing = every(runtime, (MANIFEST_TTL_SECONDS * 1000) / 2, announce)

  return {
    exchange,
    announce,
    providers(capability) {
      return reachable()
        .flatMap(({ nodeId, latencyMs }) => {
          const manifest = held.get(nodeId)
          if (!manifest || !isCurrent(manifest, nodeId)) return []
          const offered = manifest.capabilities.find(({ name }) => name === capability.name)
          return offered && serves(offered.version, capability.version) ? [{ nodeId, latencyMs, load: manifest.load }] : []
        })
        .sort((a, b) => (a.latencyMs ?? Number.POSITIVE_INFINITY) - (b.latencyMs ?? Number.POSITIVE_INFINITY))
    },
    stop() {
      stopRenewing()
      withdraw()
    },
  }
}
