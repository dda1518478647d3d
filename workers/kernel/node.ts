import { EVENTS } from '#protocol/catalogue.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { Signer } from '#protocol/core/signing.ts'
import { isModuleOn, isSwitchedOff } from '#protocol/core/switches.ts'
import { logNoticed } from '#protocol/events/events.ts'
import { meshChanged, statusChanged } from '#protocol/node/events.ts'
import type { Bus } from './bus/bus.ts'
import { createBus } from './bus/create-bus.ts'
import { createClocks } from './clocks.ts'
import { createCommunityHolder } from './community/holder.ts'
import { createMembers } from './community/members.ts'
import { isWithdrawn } from './community/state.ts'
import { openConfig } from './config.ts'
import { createFederation, type Federation } from './federation/federation.ts'
import { agreementWith } from './federation/partners.ts'
import { type Home, recallHome } from './home.ts'
import { openIdentity } from './identity.ts'
import { createKeys } from './keys.ts'
import type { VerifiedEvent } from './log/verify.ts'
import { createManifests, type Manifests } from './manifests.ts'
import { isBoxAddress } from './mesh/box-address.ts'
import type { Mesh } from './mesh/mesh.ts'
import { createModules, type FoundModule, type ModuleDeps } from './modules.ts'
import { createNetwork, type Network } from './network.ts'
import { createNotifier } from './notifier.ts'
import type { Runtime } from './runtime.ts'
import { serveAuth } from './services/auth.ts'
import { serveCommunity } from './services/community.ts'
import { serveConfig } from './services/config.ts'
import { serveEvents } from './services/events.ts'
import { serveFederation } from './services/federation.ts'
import { serveIdentity } from './services/identity.ts'
import { serveNode } from './services/node.ts'
import { createShelf } from './shelf.ts'
import type { Store } from './store/store.ts'
import type { OpenTensors, TensorTransport } from './tensors.ts'

export interface NodeDeps {
  readonly runtime: Runtime
  readonly store: Store
  /** Makes the mesh once there is an identity to speak for. */
  readonly createMesh: (signer: Signer) => Promise<Mesh>
  /** Brings up X08 over the mesh when it is first wanted; a node without it computes alone. */
  readonly openTensors?: OpenTensors
  /** Module folders found by the entry. */
  readonly modules: readonly FoundModule[]
}

export interface NodeOptions extends Home {
  /** The app's version. */
  readonly version: string
}

export interface HearthNode {
  readonly bus: Bus
  /** Clean shutdown, in reverse order of the start. */
  stop(): Promise<void>
}

/** How long a peer that flooded this node is not talked to. */
const ABUSE_REST_SECONDS = 60

/** Boxes of other communities that this node stays in touch with: each is one that an anchor elsewhere named. */
const MAX_ABROAD = 4

/** What is there once the device has an identity. */
interface Net {
  readonly signer: Signer
  readonly mesh: Mesh
  readonly network: Network
  readonly manifests: Manifests
  readonly federation: Federation
}

/** Builds and starts a node: identity, log, community, mesh, bus, modules (design: how a thing flows, start). */
export async function startNode(deps: NodeDeps, options: NodeOptions): Promise<HearthNode> {
  const { runtime, store } = deps
  const notifier = createNotifier()
  const clocks = createClocks()
  const identity = await openIdentity(runtime, store)
  const config = await openConfig(store)
  const home = await recallHome(store, options)
  const shelf = createShelf(store)
  const keys = createKeys(store)
  let net: Net | null = null
  let tensors: TensorTransport | null = null

  const community = createCommunityHolder({
    runtime,
    store,
    notifier,
    types: EVENTS,
    moved: () => modules.settle(),
    noticed: () => notifier.device(logNoticed),
  })
  const members = createMembers(() => community.current()?.log ?? null)

  const bus = createBus(runtime, {
    self: () => identity.current()?.nodeId ?? null,
    community: () => community.current()?.log.communityId ?? null,
    levelOf: (peer) => members.levelOf(peer),
    isDisabled: (name) => isSwitchedOff(name, config.current()),
    open: (peer, signal) => requireNet().network.openLink(peer, signal),
    providers: (capability) => net?.manifests.providers(capability) ?? [],
    signer: () => identity.current(),
    agreementWith: (other) => agreementWith(community.current()?.log.state(), other),
    isTokenHonoured: ({ jti, iss }) => {
      const state = community.current()?.log.state()
      return state?.members.get(iss)?.status === 'active' && !isWithdrawn(state.withdrawals, { jti, iss })
    },
    onAbuse: rest,
    onClock(peer, aheadMs) {
      if (clocks.heard(peer, aheadMs)) notifier.device(meshChanged)
    },
  })

  /** Hangs up on who went over the hard limit, for a while (BUS-6). */
  function rest(peer: NodeId): void {
    net?.mesh.banish(peer)
    runtime.after(ABUSE_REST_SECONDS * 1000, () => {
      if (members.levelOf(peer) !== 'revoked') net?.mesh.forgive(peer)
    })
  }

  function requireNet(): Net {
    // before there is an identity, and while the node stops
    if (!net) throw new HearthError('partition', 'this node is not on the mesh')
    return net
  }

  const publish = (event: VerifiedEvent): void => net?.network.publish(event)
  const modules = createModules(deps.modules, (): Partial<ModuleDeps> => {
    const open = community.current()
    return {
      bus,
      runtime,
      publish,
      config: () => config.current(),
      shelf,
      keys,
      notify: notifier.device,
      ...(net ? { signer: net.signer, federation: net.federation } : {}),
      ...(tensors ? { tensors } : {}),
      ...(open ? { log: open.log, views: open.views, members } : {}),
    }
  })

  // an invite may name anything: what is no address of a box, or is the app's own, is not kept
  const isNewBox = (box: string): boolean => isBoxAddress(box) && !home.boxes.includes(box)

  let abroad: readonly string[] = []

  async function setBoxes(extra: readonly string[]): Promise<void> {
    const { relays } = config.current().mesh
    const kept = [...new Set([...relays, ...extra])].filter(isNewBox).slice(0, 16)
    // boxes of an invite are kept: they are how this community meets when the app came from elsewhere
    if (kept.length > relays.length) await config.change({ mesh: { relays: kept } })
    if (net) tellBoxes(net.mesh)
  }

  /** Boxes where other communities are met are none of this one's, and go when the agreement does. */
  function tellBoxes(mesh: Mesh): void {
    const { relays } = config.current().mesh
    mesh.setBoxes([...new Set([...home.boxes, ...[...relays, ...abroad].filter(isNewBox)])])
  }

  /** Serves X08 while something wants it: its code is loaded then. */
  async function settleTensors(): Promise<void> {
    const wanted = (['tensor_transport', 'distributed_llm'] as const).some((module) => isModuleOn(module, config.current()))
    if (wanted && net && !tensors) {
      const { signer, mesh } = net
      // what cannot be loaded stays off; the node and its other modules run
      tensors = (await deps.openTensors?.({ runtime, signer, mesh }).catch(reportError)) ?? null
    } else if (!wanted || !net) {
      tensors?.stop()
      tensors = null
    }
  }

  /** Brings up what needs an identity. */
  async function born(signer: Signer): Promise<void> {
    const mesh = await deps.createMesh(signer)
    const setRelays = (next: readonly string[]): void => {
      abroad = next.slice(0, MAX_ABROAD)
      tellBoxes(mesh)
    }
    const federation = createFederation({ runtime, signer, bus, mesh, community, members, setRelays })
    const met = (peer: NodeId): void => net?.manifests.exchange(peer)
    const network = createNetwork({ runtime, mesh, bus, community, members, federation, met })
    const manifests = createManifests({ runtime, signer, bus, mesh, members, community })
    net = { signer, mesh, network, manifests, federation }
    mesh.changed.on(() => notifier.device(meshChanged))
    await mesh.start()
    await setBoxes([])
    await community.resume(signer)
    await settleTensors()
    await modules.settle()
    if (community.current()) network.enter()
  }

  /** Hangs up, but leaves what is stored. */
  async function hangUp(): Promise<void> {
    const going = net
    net = null
    await settleTensors()
    going?.federation.stop()
    going?.manifests.stop()
    going?.network.stop()
    await going?.mesh.stop()
  }

  serveIdentity({ bus, identity, notifier, version: options.version, startedAt: runtime.now(), born })
  serveCommunity({ runtime, bus, identity, community, members, notifier, net: () => net, setBoxes, appUrl: home.appUrl })
  serveConfig({
    bus,
    config,
    notifier,
    async applied() {
      await setBoxes([])
      await settleTensors()
      await modules.settle()
      net?.manifests.announce()
    },
  })
  serveEvents({ bus, community, notifier })
  serveFederation({ runtime, bus, identity, community, members, shelf, net: () => net })
  serveAuth({ runtime, bus, identity, community, net: () => net })
  serveNode({
    bus,
    store,
    members,
    notifier,
    net: () => net,
    clocks,
    traces: (limit) => bus.traces(limit),
    async erase() {
      await modules.stop()
      await hangUp()
      await store.erase()
    },
  })

  const existing = identity.current()
  if (existing) await born(existing)
  else await modules.settle()
  notifier.device(statusChanged)

  return {
    bus,
    async stop() {
      await modules.stop()
      await hangUp()
      await store.close()
    },
  }
}
