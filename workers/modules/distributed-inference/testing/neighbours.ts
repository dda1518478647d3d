import { communityPromote } from '#protocol/community/capabilities.ts'
import { configSet } from '#protocol/config/capabilities.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { contract } from '#protocol/distributed-inference/contract.ts'
import { shardList } from '#protocol/distributed-inference/shard-capabilities.ts'
import type { ComputeClient } from '../../../compute/client.ts'
import type { Backend } from '../../../compute/engine/backend.ts'
import { type ClientInNode, computeInNode } from '../../../compute/testing/client-in-node.ts'
import type { Files } from '../../../compute/testing/folder.ts'
import { defineWorkerModule, type ModuleDeps } from '../../../kernel/modules.ts'
import type { TensorTransport } from '../../../kernel/tensors.ts'
import { createVillage, type Village, type Villager } from '../../../testing/village.ts'
import { type Hosting, serveHosting } from '../serve.ts'

/** A villager whose device computes. */
export interface Neighbour extends Villager {
  readonly compute: ClientInNode
  readonly hosting: Hosting
  readonly tensors: TensorTransport
}

export interface Neighbours {
  readonly village: Village
  /** As they are now: after a restart they have other devices. */
  get(name: string): Neighbour
  restart(name: string): Promise<Neighbour>
  /** Runs a task to its end, however long it takes: computing takes no time in a village. */
  finish<T>(task: Promise<T>): Promise<T>
  stop(): Promise<void>
}

interface Options {
  readonly models: ReadonlyMap<string, Files>
  readonly open: (kind: 'webgpu' | 'wasm') => Promise<Backend | null>
  /** Who stays a member. */
  readonly members?: readonly string[]
  /** What devices say of their memory. */
  readonly memoryBytes?: number
  readonly budgetBytes?: number
  /** What else of the module runs beside. @returns what stops it */
  readonly beside?: (
    deps: Pick<ModuleDeps, 'bus' | 'runtime' | 'notify'> & Partial<Pick<ModuleDeps, 'tensors'>>,
    compute: ComputeClient,
    hosting: Hosting,
  ) => () => void
}

const STEP_MS = 5

/** The first founds; the others join and are trusted. All of them have inference switched on. */
export async function createNeighbours(seed: number, names: readonly string[], options: Options): Promise<Neighbours> {
  const devices = new Map<NodeId, Pick<Neighbour, 'compute' | 'hosting' | 'tensors'>>()
  const module = defineWorkerModule({
    contract,
    needs: ['bus', 'runtime', 'shelf', 'notify', 'signer'],
    wants: ['tensors', 'members'],
    async start(deps) {
      const compute = computeInNode({ ...options, runtime: deps.runtime })
      const hosting = await serveHosting({ ...deps, compute: compute.client, memoryBytes: options.memoryBytes ?? null })
      const { tensors } = deps
      const stopBeside = options.beside?.(deps, compute.client, hosting)
      if (tensors) devices.set(deps.signer.nodeId, { compute, hosting, tensors })
      return async () => {
        stopBeside?.()
        await hosting.stop()
        compute.client.close()
      }
    },
  })
  const village = createVillage(seed, () => [{ contract, load: async () => module }])
  const villagers = new Map((await village.settle(...names)).map((villager) => [villager.name, villager]))
  const [founder, ...others] = villagers.values()
  for (const { id, name } of others)
    if (!options.members?.includes(name)) await founder?.node.bus.call(communityPromote, { subject: id, level: 'trusted' })
  for (const { node } of villagers.values()) await switchOn(village, node)
  for (const { node } of villagers.values())
    await village.until('everybody knows everybody', () => node.bus.serves(shardList.name))
  await village.runtime.advance(2000)

  function get(name: string): Neighbour {
    const villager = villagers.get(name)
    const device = villager && devices.get(villager.id)
    if (!villager || !device) throw new TypeError(`${name} does not compute`)
    return { ...villager, ...device }
  }

  async function finish<T>(task: Promise<T>): Promise<T> {
    let over = false
    const done = task.finally(() => {
      over = true
    })
    done.catch(() => {})
    while (!over) await village.runtime.advance(STEP_MS)
    return done
  }

  return {
    village,
    get,
    async restart(name) {
      villagers.set(name, await finish(village.restart(get(name))))
      await village.runtime.advance(2000)
      return get(name)
    },
    finish,
    async stop() {
      for (const { node } of villagers.values()) await finish(node.stop())
    },
  }
}

async function switchOn(village: Village, node: Villager['node'], enabled = true): Promise<void> {
  await village.during(
    node.bus.call(configSet, {
      distributed_llm: { enabled },
      policy: { research: { enable: true, enabled_capabilities: ['experimental.*'] } },
    }),
  )
}
