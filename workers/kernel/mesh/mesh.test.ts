import '../../testing/node-20.ts'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { createMemoryNetwork } from '../../memory/memory-mesh.ts'
import { type MeshFixture, meshContract } from '../../testing/mesh.contract.ts'
import { nodeTransports } from '../../testing/node-transports.ts'
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

async function overLibp2p(): Promise<MeshFixture> {
  const runtime = createRealRuntime()
  const privateKey = await generateKeyPair('Ed25519')
  let box = await createTestBox({ privateKey })
  const port = Number(/tcp\/(\d+)/.exec(box.multiaddr)?.[1])
  const meshes: Mesh[] = []
  return {
    community: await communityOf(),
    async node(seed) {
      const mesh = await createLibp2pMesh({ runtime, signer: await testSigner(seed) }, { transports: nodeTransports() })
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
meshContract('a mesh over libp2p', overLibp2p)
