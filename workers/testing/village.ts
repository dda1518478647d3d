import { communityFound, communityInvite, communityRedeem } from '#protocol/community/capabilities.ts'
import { configSet } from '#protocol/config/capabilities.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { Signer } from '#protocol/core/signing.ts'
import { identityCreate } from '#protocol/node/capabilities.ts'
import { FOUND_MODULES } from '../found-modules.ts'
import type { Mesh } from '../kernel/mesh/mesh.ts'
import type { FoundModule } from '../kernel/modules.ts'
import { type HearthNode, startNode } from '../kernel/node.ts'
import { createMemoryNetwork, type MemoryNetwork } from '../memory/memory-mesh.ts'
import { createMemoryStore, type MemoryStore } from '../memory/memory-store.ts'
import { createTensorTransport } from '../transport/tensor/transport.ts'
import { createSeededRuntime, type SeededRuntime } from './seeded-runtime.ts'

/** The box every memory node knows. */
export const BOX = '/dns4/box.test/tcp/443/wss/p2p/12D3KooWLKfjHHUhQYJtYpLwk1n5mLFT92Eyy8BcZFcCrUzTuNhe'

export interface Villager {
  readonly name: string
  readonly id: NodeId
  readonly node: HearthNode
  readonly store: MemoryStore
  readonly mesh: Mesh
  readonly signer: Signer
}

export interface Village {
  readonly runtime: SeededRuntime
  readonly network: MemoryNetwork
  /** A device with an identity and no community. */
  arrive(name: string): Promise<Villager>
  /** The first founds, the others join by its invites. */
  settle(...names: readonly string[]): Promise<readonly Villager[]>
  join(inviter: Villager, newcomer: Villager): Promise<void>
  /** Stops a villager's node and starts it again on the same store. @param boxes what the app's origin tells; none while it is away */
  restart(villager: Villager, boxes?: readonly string[]): Promise<Villager>
  /** Lets time pass until it is so. @throws after `seconds` of the village's time */
  until(what: string, is: () => boolean | Promise<boolean>, seconds?: number): Promise<void>
  /** Runs a task that needs time to pass. */
  during<T>(task: Promise<T>): Promise<T>
}

/**
 * A neighbourhood of whole nodes in memory: real kernel, real modules, twins for store, mesh and clock.
 * @param aheadMs how far a villager's clock runs ahead of the village's
 */
export function createVillage(
  seed: number,
  modules: (runtime: SeededRuntime) => readonly FoundModule[] = () => FOUND_MODULES,
  aheadMs: (name: string) => number = () => 0,
): Village {
  const runtime = createSeededRuntime(seed)
  const network = createMemoryNetwork(runtime)
  const found = modules(runtime)

  async function start(name: string, store: MemoryStore, boxes: readonly string[] = [BOX]): Promise<Villager> {
    let own: { mesh: Mesh; signer: Signer } | null = null
    const node = await startNode(
      {
        runtime: { ...runtime, now: () => runtime.now() + aheadMs(name) },
        store,
        modules: found,
        createMesh: async (signer) => {
          own = { signer, mesh: network.node(signer.nodeId) }
          return own.mesh
        },
        openTensors: async (tensorDeps) => createTensorTransport(tensorDeps),
      },
      { boxes, appUrl: 'http://box.test', version: '0.0.0-test' },
    )
    if (!own) await node.bus.call(identityCreate, { display_name: name })
    if (!own) throw new TypeError('an identity brings a mesh')
    const { mesh, signer }: { mesh: Mesh; signer: Signer } = own
    return { name, id: signer.nodeId, node: { ...node, stop: () => stopped(node) }, store, mesh, signer }
  }

  /** A node that says goodbye needs time to pass for its words to arrive. */
  async function stopped(node: HearthNode): Promise<void> {
    let over = false
    const stopping = node.stop().finally(() => {
      over = true
    })
    stopping.catch(() => {})
    await runtime.settle()
    if (!over) await during(stopping)
    return stopping
  }

  async function until(what: string, is: () => boolean | Promise<boolean>, seconds = 120): Promise<void> {
    for (let passed = 0; passed < seconds * 1000; passed += 250) {
      if (await is()) return
      await runtime.advance(250)
    }
    throw new Error(`not so within ${seconds} s: ${what}`)
  }

  async function during<T>(task: Promise<T>): Promise<T> {
    let over = false
    const done = task.finally(() => {
      over = true
    })
    done.catch(() => {})
    for (let passed = 0; !over && passed < 120_000; passed += 100) await runtime.advance(100)
    return done
  }

  async function join(inviter: Villager, newcomer: Villager): Promise<void> {
    const { invite } = await inviter.node.bus.call(communityInvite, { level: 'member', valid_seconds: 3600, uses: 1 })
    await during(newcomer.node.bus.call(communityRedeem, { invite }))
  }

  return {
    runtime,
    network,
    arrive: (name) => start(name, createMemoryStore()),
    join,
    async settle(...names) {
      const villagers: Villager[] = []
      for (const name of names) villagers.push(await start(name, createMemoryStore()))
      const [founder, ...others] = villagers
      if (!founder) return []
      await founder.node.bus.call(communityFound, { name: 'Issum' })
      for (const other of others) await join(founder, other)
      for (const { node } of villagers) await openResearch(node)
      return villagers
    },
    async restart(villager, boxes) {
      await villager.node.stop()
      return start(villager.name, villager.store.reopen(), boxes)
    },
    until,
    during,
  }
}

/** Turns the evidence module on, as Settings does. */
export async function openResearch(node: HearthNode): Promise<void> {
  await node.bus.call(configSet, { evidence: { enabled: true }, policy: { research: { enable: true } } })
}
