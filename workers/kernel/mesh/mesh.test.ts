import '../../testing/node-20.ts'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { expect, it, vi } from 'vitest'
import { createMemoryNetwork } from '../../memory/memory-mesh.ts'
import { type MeshFixture, meshContract } from '../../testing/mesh.contract.ts'
import { nodeTransports, relayTransports } from '../../testing/node-transports.ts'
import { createRealRuntime } from '../../testing/seeded-runtime.ts'
import { createTestBox } from '../../testing/test-box.ts'
import { testSigner } from '../../testing/test-identity.ts'
import { createLibp2pMesh } from './libp2p-mesh.ts'
import type { Mesh } from './mesh.ts'

const BOX = '/dns4/box.test/tcp/443/wss/p2p/12D3KooWHrnY1bEM6dfX49rLutqWHZ4NBBYYiXYkCGrEaBf8p1n4'
const communityOf = async () => (await testSigner(1_000)).nodeId

async function stopAll(meshes: readonly Mesh[]): Promise<void> {
  await Promise.all(meshes.map((mesh) => mesh.stop()))
}

async function inMemory(): Promise<MeshFixture> {
  const network = createMemoryNetwork(createRealRuntime(1))
  const meshes: Mesh[] = []
  return {
    community: await communityOf(),
    async node(seed) {
      const mesh = network.node((await testSigner(seed)).nodeId)
      meshes.push(mesh)
      await mesh.start()
      mesh.setBoxes([BOX])
      return mesh
    },
    killBox: async () => network.killBox(BOX),
    reviveBox: async () => network.reviveBox(BOX),
    close: () => stopAll(meshes),
  }
}

async function overLibp2p(transports = nodeTransports): Promise<MeshFixture> {
  const runtime = createRealRuntime()
  const privateKey = await generateKeyPair('Ed25519')
  let box = await createTestBox({ privateKey })
  const port = Number(/tcp\/(\d+)/.exec(box.multiaddr)?.[1])
  const meshes: Mesh[] = []
  return {
    community: await communityOf(),
    async node(seed) {
      const mesh = await createLibp2pMesh({ runtime, signer: await testSigner(seed) }, { transports: transports() })
      meshes.push(mesh)
      await mesh.start()
      mesh.setBoxes([box.multiaddr])
      return mesh
    },
    killBox: () => box.stop(),
    async reviveBox() {
      box = await createTestBox({ privateKey, port })
    },
    async close() {
      await stopAll(meshes)
      await box.stop()
    },
  }
}

meshContract('a mesh in memory', inMemory)
meshContract('a mesh over libp2p', () => overLibp2p())

it('a stream through the box ends where the far side says a word and hangs up before it is heard (BUS-7)', async () => {
  const fixture = await overLibp2p(relayTransports)
  const [a, b] = await Promise.all([fixture.node(1), fixture.node(2)])
  const protocol = '/hearthnet/test-word/1'
  try {
    b.handle({ protocol, maxFrameBytes: 8, handle: (stream) => void stream.send(Uint8Array.of(7)).then(stream.close) })
    for (const mesh of [a, b]) mesh.enter(fixture.community)
    const isRelayed = () => a.peers()[0]?.connection === 'relayed'
    await vi.waitFor(() => expect(isRelayed()).toBe(true), { timeout: 30_000 })
    for (let call = 0; call < 10; call++) {
      const stream = await a.open(b.nodeId, protocol, { maxFrameBytes: 8 })
      const heard: number[] = []
      for await (const frame of stream.frames) heard.push(...frame)
      expect(heard).toEqual([7])
      stream.abort()
    }
  } finally {
    await fixture.close()
  }
}, 60_000)
