import { expect, it } from 'vitest'
import type { NodeId } from '#protocol/core/ids.ts'
import type { Mesh } from '../kernel/mesh/mesh.ts'
import { createSeededRuntime } from '../testing/seeded-runtime.ts'
import { testSigner } from '../testing/test-identity.ts'
import { createMemoryNetwork } from './memory-mesh.ts'

async function village(size: number, seed: number) {
  const runtime = createSeededRuntime(seed)
  const network = createMemoryNetwork(runtime)
  network.setLatency(5)
  const ids = await Promise.all(Array.from({ length: size }, async (_, i) => (await testSigner(i)).nodeId))
  const meshes = ids.map((id) => network.node(id))
  const community = (await testSigner(99)).nodeId
  for (const mesh of meshes) {
    await mesh.start()
    mesh.enter(community)
  }
  await runtime.advance(10)
  return { runtime, network, ids, meshes }
}

const directPeers = (mesh: Mesh | undefined): number =>
  mesh?.peers().filter(({ connection }) => connection === 'direct').length ?? -1

it('links everyone at a topic, cuts along a partition, and links them again when it heals (SYN-3)', async () => {
  const { runtime, network, ids, meshes } = await village(5, 1)
  expect(meshes.map(directPeers)).toEqual([4, 4, 4, 4, 4])
  network.partition(ids.slice(0, 3), ids.slice(3))
  await runtime.advance(10)
  expect(meshes.map(directPeers)).toEqual([2, 2, 2, 1, 1])
  network.heal()
  await runtime.advance(10)
  expect(meshes.map(directPeers)).toEqual([4, 4, 4, 4, 4])
})

/** Who heard a message of the first of eight, and from whom, in order. */
async function heardOf(seed: number, loss: number): Promise<readonly (readonly [hearer: number, from: number])[]> {
  const { runtime, network, meshes } = await village(8, seed)
  network.setGossipLoss(loss)
  const heard: (readonly [number, number])[] = []
  for (const [at, mesh] of meshes.entries()) {
    mesh.onGossip(async (_, from: NodeId) => {
      heard.push([at, meshes.findIndex(({ nodeId }) => nodeId === from)])
      return 'accept'
    })
  }
  await meshes[0]?.publish(Uint8Array.of(1))
  await runtime.advance(100)
  return heard
}

it('carries what a node wrote to everyone who is linked, from that node itself, as gossipsub floods it', async () => {
  expect(await heardOf(1, 0)).toEqual([1, 2, 3, 4, 5, 6, 7].map((hearer) => [hearer, 0]))
})

it('passes on to others what the flood lost, to everyone once, and the same way for the same seed', async () => {
  const first = await heardOf(1, 0.3)
  expect(first.map(([hearer]) => hearer).sort()).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(first.some(([, from]) => from !== 0)).toBe(true)
  expect(await heardOf(1, 0.3)).toEqual(first)
})

it('delivers frames in order while the latency changes, and nothing after a partition', async () => {
  const { runtime, network, ids, meshes } = await village(2, 1)
  const [a, b] = meshes
  const [, to] = ids
  if (!a || !b || !to) throw new Error('two nodes')
  const got: number[] = []
  let ended = ''
  const read = async (frames: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const frame of frames) got.push(frame[0] ?? -1)
  }
  b.handle({
    protocol: '/test/1',
    maxFrameBytes: 10,
    handle: ({ frames }) => {
      read(frames).catch(({ code }) => {
        ended = code
      })
    },
  })
  const opening = a.open(to, '/test/1', { maxFrameBytes: 10 })
  await runtime.advance(5)
  const stream = await opening
  for (let i = 0; i < 10; i++) {
    network.setLatency(50 - 5 * i)
    void stream.send(Uint8Array.of(i))
  }
  await runtime.advance(100)
  expect(got).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  network.partition()
  await runtime.advance(100)
  expect(ended).toBe('partition')
  await expect(stream.send(Uint8Array.of(1))).rejects.toMatchObject({ code: 'partition' })
})

it('loses as much gossip as it is told to', async () => {
  const { runtime, network, meshes } = await village(3, 1)
  const heard: number[] = []
  for (const mesh of meshes) {
    mesh.onGossip(async (bytes) => {
      heard.push(bytes[0] ?? -1)
      return 'accept'
    })
  }
  network.setGossipLoss(1)
  await meshes[0]?.publish(Uint8Array.of(1))
  network.setGossipLoss(0)
  await meshes[0]?.publish(Uint8Array.of(2))
  await runtime.advance(100)
  expect(heard).toEqual([2, 2])
})
