import type { NodeId } from '#protocol/core/ids.ts'
import { identityCreate } from '#protocol/node/capabilities.ts'
import type { LoopbackHost, LoopbackLink, LoopbackNode, LoopbackPeer } from '#protocol/protocol/suite.ts'
import { FOUND_MODULES } from '../../found-modules.ts'
import type { FoundModule } from '../../kernel/modules.ts'
import { type HearthNode, startNode } from '../../kernel/node.ts'
import { delay, type Runtime } from '../../kernel/runtime.ts'
import type { OpenTensors } from '../../kernel/tensors.ts'
import { createLinkPair } from '../../memory/link-pair.ts'
import { createMemoryNetwork } from '../../memory/memory-mesh.ts'
import { createMemoryStore, type MemoryStore } from '../../memory/memory-store.ts'
import { codec } from './codec.ts'

/** A box that is nowhere: in memory it stands for "the same network". */
const BOX = '/dns4/box.invalid/tcp/443/wss/p2p/12D3KooWLKfjHHUhQYJtYpLwk1n5mLFT92Eyy8BcZFcCrUzTuNhe'
const MAX_FRAME_BYTES = 8 * 1024 * 1024

const openTensors: OpenTensors = async (deps) =>
  (await import('../../transport/tensor/transport.ts')).createTensorTransport(deps)

/** What the suite runs against: whole nodes of this very code on the twins in memory, so that nothing of the person's is touched. */
export interface Sandbox {
  readonly host: LoopbackHost
  /** Stops every node that still runs. */
  stop(): Promise<void>
}

/** Models lie in the browser's own file system, which has no twin here: the person's would be touched. */
const IN_MEMORY = FOUND_MODULES.filter(({ contract }) => contract.id !== 'distributed-inference')

/** @param modules of one node, asked once for each */
export function createSandbox(runtime: Runtime, modules: () => readonly FoundModule[] = () => IN_MEMORY): Sandbox {
  const network = createMemoryNetwork(runtime)
  const running = new Set<LoopbackNode>()

  const boot = (store: MemoryStore, found: readonly FoundModule[]): Promise<HearthNode> =>
    startNode(
      { runtime, store, openTensors, modules: found, createMesh: async (signer) => network.node(signer.nodeId) },
      { boxes: [BOX], appUrl: 'http://box.invalid', version: '0.0.0-sandbox' },
    )

  async function start(name: string): Promise<LoopbackNode> {
    const found = modules()
    let store = createMemoryStore()
    let node = await boot(store, found)
    const { node_id } = await node.bus.call(identityCreate, { display_name: name })
    const open = (peer: NodeId | null): LoopbackLink => {
      const [near, far] = createLinkPair()
      node.bus.answer(far, peer).catch(reportError)
      return near
    }
    const loopback: LoopbackNode = {
      nodeId: node_id,
      open,
      async restart() {
        await node.stop()
        store = store.reopen()
        node = await boot(store, found)
      },
      async stop() {
        if (running.delete(loopback)) await node.stop()
      },
    }
    running.add(loopback)
    return loopback
  }

  function peer(nodeId: NodeId): LoopbackPeer {
    const mesh = network.node(nodeId)
    mesh.setBoxes([BOX])
    void mesh.start()
    return {
      nodeId,
      enter: mesh.enter,
      reaches: (other) => mesh.peers().some(({ nodeId: known, connection }) => known === other && connection === 'direct'),
      openStream: (to, protocol) => mesh.open(to, protocol, { maxFrameBytes: MAX_FRAME_BYTES }),
      serve: (protocol, handle) =>
        mesh.handle({ protocol, maxFrameBytes: MAX_FRAME_BYTES, handle: (stream) => handle(stream, stream.peer) }),
      publish: mesh.publish,
      onGossip(hear) {
        mesh.onGossip(async (bytes) => {
          hear(bytes)
          return 'accept'
        })
      },
      leave() {
        mesh.leave()
        void mesh.stop()
      },
    }
  }

  return {
    host: { codec, startNode: start, peer, now: runtime.now, delay: (ms) => delay(runtime, ms) },
    async stop() {
      for (const node of running) await node.stop()
    },
  }
}
