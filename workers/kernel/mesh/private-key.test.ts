import '../../testing/node-20.ts'
import { peerIdFromString } from '@libp2p/peer-id'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { expect, it } from 'vitest'
import { testSigner } from '../../testing/test-identity.ts'
import { nodeIdOfPeer, peerIdOf, privateKeyOf } from './private-key.ts'

it('derives the peer id from the node key and the node key from the peer id (ID-3)', async () => {
  const { nodeId } = await testSigner(1)
  const peer = peerIdOf(nodeId)
  expect(peer.toString()).toMatch(/^12D3KooW/)
  expect(nodeIdOfPeer(peerIdFromString(peer.toString()))).toBe(nodeId)
})

it('signs libp2p peer records without the private key ever leaving (ID-5)', async () => {
  const signer = await testSigner(1)
  const key = privateKeyOf(signer)
  const record = new PeerRecord({ peerId: peerIdOf(signer.nodeId), multiaddrs: [], seqNumber: 1n })
  const envelope = await RecordEnvelope.seal(record, key)
  expect(await envelope.validate(PeerRecord.DOMAIN)).toBe(true)
  expect(() => key.raw).toThrow('does not leave')
  expect(key.equals(privateKeyOf(signer))).toBe(true)
  expect(key.equals(privateKeyOf(await testSigner(2)))).toBe(false)
})
