import { afterEach, describe, expect, it, vi } from 'vitest'
import { communityFound } from '#protocol/community/capabilities.ts'
import type { Capability, Input } from '#protocol/core/capability.ts'
import { type CommunityId, wireTime } from '#protocol/core/ids.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import { SYNC_PROTOCOL } from '#protocol/core/sync.ts'
import { nodeStatus } from '#protocol/node/capabilities.ts'
import { selfDescribe } from '#protocol/protocol/capabilities.ts'
import type { LoopbackNode } from '#protocol/protocol/suite.ts'
import { createRealRuntime } from '../../kernel/real-runtime.ts'
import { testSigner } from '../../testing/test-identity.ts'
import { createSandbox, type Sandbox } from './sandbox.ts'

const runtime = createRealRuntime()
let sandbox: Sandbox = createSandbox(runtime)
afterEach(async () => {
  await sandbox.stop()
  sandbox = createSandbox(runtime)
})

/** One call as the person at the node, or as a peer. */
async function ask<C extends Capability>(
  node: LoopbackNode,
  from: LoopbackNode['nodeId'] | null,
  capability: C,
  input: Input<C>,
): Promise<JsonValue> {
  const link = node.open(from)
  await link.send({
    capability: capability.name,
    version: capability.version,
    request_id: runtime.ulid(),
    ...(from === null ? {} : { from }),
    community: null,
    timestamp: wireTime(runtime.now()),
    body: { params: {}, input: input as JsonValue }, // schemas describe JSON
  })
  for await (const message of link.messages) {
    await link.close()
    return message
  }
  throw new Error('no answer')
}

describe('the nodes that the suite is given', () => {
  it('answer as this very code does, to a person and to a stranger (X09)', async () => {
    const node = await sandbox.host.startNode('Prüfling')
    const { nodeId: stranger } = await testSigner(7)
    expect(await ask(node, null, nodeStatus, {})).toMatchObject({ output: { identity: { node_id: node.nodeId } } })
    expect(await ask(node, stranger, selfDescribe, {})).toMatchObject({ output: { node_id: node.nodeId } })
    expect(await ask(node, stranger, nodeStatus, {})).toMatchObject({ error: { code: 'unauthorized' } })
  })

  it('are reached by a peer at the community’s topic, and serve its streams', async () => {
    const node = await sandbox.host.startNode('Prüfling')
    await ask(node, null, communityFound, { name: 'Issum' })
    const { nodeId } = await testSigner(8)
    const peer = sandbox.host.peer(nodeId)
    peer.enter(node.nodeId as CommunityId)
    await vi.waitFor(() => expect(peer.reaches(node.nodeId)).toBe(true))
    const stream = await peer.openStream(node.nodeId, SYNC_PROTOCOL)
    for await (const frame of stream.frames) {
      // a stranger is told so and no more (COM-5)
      expect(JSON.parse(new TextDecoder().decode(frame))).toMatchObject({ type: 'error', code: 'unauthorized' })
    }
    peer.leave()
  })

  it('keep what they stored when they start again', async () => {
    const node = await sandbox.host.startNode('Prüfling')
    await node.restart()
    expect(await ask(node, null, nodeStatus, {})).toMatchObject({ output: { identity: { node_id: node.nodeId } } })
  })
})
