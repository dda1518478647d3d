import '../../testing/node-20.ts'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, it, vi } from 'vitest'
import type { Signer } from '#protocol/core/signing.ts'
import { nodeTransports } from '../../testing/node-transports.ts'
import { createRealRuntime } from '../../testing/seeded-runtime.ts'
import { createTestBox } from '../../testing/test-box.ts'
import { testSigner } from '../../testing/test-identity.ts'
import { createMeshNode } from './libp2p-node.ts'
import { createLinks } from './links.ts'

async function nodeOf(signer: Signer, box: string) {
  const node = await createMeshNode(signer, nodeTransports(), { denied: () => false, mayHear: () => true })
  await node.start()
  const links = createLinks({ runtime: createRealRuntime(), node, isBox: (peer) => box.endsWith(peer) })
  links.start()
  await node.dial(multiaddr(box))
  await vi.waitFor(() => expect(node.getMultiaddrs().join()).toContain('p2p-circuit'), { timeout: 10_000 })
  return { node, links, address: multiaddr(`${box}/p2p-circuit/webrtc/p2p/${node.peerId.toString()}`) }
}

it('keeps one connection of the two that result when both sides dial, and the relay is let go (BUS-7)', {
  timeout: 90_000,
}, async () => {
  const box = await createTestBox()
  const [one, two] = await Promise.all([testSigner(1), testSigner(2)])
  const [a, b] = await Promise.all([nodeOf(one, box.multiaddr), nodeOf(two, box.multiaddr)])
  // crosswise dials may end each other; one that arrives is enough, and where none does the mesh dials again
  const dialBoth = () => Promise.any([a.node.dial(b.address, { force: true }), b.node.dial(a.address, { force: true })])
  await dialBoth().catch(dialBoth)
  await vi.waitFor(
    () => {
      expect(a.node.getConnections(b.node.peerId)).toHaveLength(1)
      expect(b.node.getConnections(a.node.peerId)).toHaveLength(1)
    },
    { timeout: 20_000 },
  )
  expect([a.links.get(two.nodeId)?.kind, b.links.get(one.nodeId)?.kind]).toEqual(['direct', 'direct'])
  await Promise.all([a.node.stop(), b.node.stop()])
  await box.stop()
})
