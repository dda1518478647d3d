import '../../testing/node-20.ts'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, expect, it, vi } from 'vitest'
import { nodeTransports } from '../../testing/node-transports.ts'
import { createTestBox } from '../../testing/test-box.ts'
import { testSigner } from '../../testing/test-identity.ts'
import { createMeshNode, type MeshNode } from './libp2p-node.ts'

const NEIGHBOURS = 12

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})

async function nodeOf(seed: number): Promise<MeshNode> {
  const node = await createMeshNode(await testSigner(seed), nodeTransports(), { denied: () => false, mayHear: () => true })
  await node.start()
  stops.push(async () => node.stop())
  return node
}

it('takes in a whole street that comes back at once through one box (TRA-3)', { timeout: 60_000 }, async () => {
  const box = await createTestBox()
  stops.push(() => box.stop())
  const [host, ...neighbours] = await Promise.all(Array.from({ length: NEIGHBOURS + 1 }, (_, seed) => nodeOf(seed + 1)))
  if (!host) throw new Error('no host')
  await Promise.all([host, ...neighbours].map((node) => node.dial(multiaddr(box.multiaddr))))
  await vi.waitFor(() => expect(host.getMultiaddrs().join()).toContain('p2p-circuit'), { timeout: 10_000 })
  const way = multiaddr(`${box.multiaddr}/p2p-circuit/p2p/${host.peerId.toString()}`)

  const arrivals = await Promise.allSettled(neighbours.map((node) => node.dial(way)))
  expect(arrivals.filter(({ status }) => status === 'rejected')).toEqual([])
})
