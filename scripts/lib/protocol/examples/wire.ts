import { schemaHash } from '#protocol/core/capability.ts'
import { eventContentId } from '#protocol/core/event.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { topicOf } from '#protocol/core/sync.ts'
import { nodeEcho } from '#protocol/node/capabilities.ts'
import { people, ulidOf } from '../../vectors/seeded.ts'
import type { Examples } from '../examples.ts'
import { BOX, beginnings } from './community.ts'
import { AT, coreExamples, peerIdOf } from './core.ts'

/** Bus, sync, rendezvous, manifests. */
export async function wireExamples(): Promise<Examples> {
  const { anna, bert } = await people()
  const { joined } = await beginnings()
  const request = {
    capability: nodeEcho.name,
    version: nodeEcho.version,
    request_id: ulidOf('request'),
    from: bert.nodeId,
    community: anna.nodeId,
    timestamp: AT,
    body: { params: {}, input: { payload: 'Ist da jemand?' } },
  }
  const { token } = await coreExamples()
  const topic = topicOf(anna.nodeId)
  const registration = await signRecord(bert, {
    topic,
    node_id: bert.nodeId,
    multiaddrs: [`${BOX}/p2p-circuit/webrtc/p2p/${peerIdOf(bert.nodeId)}`],
    expires_at: '2026-05-26T08:16:22Z',
  })
  return {
    'bus-request': request,
    'bus-request-signed': await signRecord(bert, { ...request, request_id: ulidOf('request signed'), token }),
    'bus-answer': { request_id: request.request_id, output: { payload: 'Ist da jemand?' }, meta: { ms: 3 } },
    'bus-error': {
      request_id: request.request_id,
      error: { code: 'schema_mismatch', message: '/payload: does not match', data: { field: '/payload' } },
    },
    'stream-data': { event: 'data', data: { types: ['evidence.claim.asserted'] }, seq: 0 },
    'stream-ack': { type: 'ack', upto: 0 },
    'stream-done': { event: 'done', data: {}, seq: 1 },
    'stream-error': { event: 'error', data: { code: 'timeout', message: 'cancelled by the caller' }, seq: 1 },
    'stream-cancel': { type: 'cancel' },
    'sync-open': { type: 'open', community_id: anna.nodeId, negentropy: '6100000200' },
    'sync-message': { type: 'message', negentropy: '61' },
    'sync-want': { type: 'want', ids: [eventContentId(joined)] },
    'sync-events': { type: 'events', events: [joined] },
    'sync-stored': { type: 'stored' },
    'sync-done': { type: 'done' },
    'sync-error': { type: 'error', code: 'unauthorized', message: 'sync is for members' },
    'box-info': {
      name: 'hearthnet-box',
      version: '3.0.0-experimental.1',
      peer_id: BOX.split('/').at(-1),
      multiaddrs: [BOX],
      app_url: 'https://box.example/',
    },
    'rendezvous-register': { type: 'register', registration },
    'rendezvous-registered': { type: 'registered', topic, ttl_seconds: 120, peers: [] },
    'rendezvous-joined': { type: 'joined', topic, peer: registration },
    'rendezvous-left': { type: 'left', topic, node_id: bert.nodeId },
    'rendezvous-unregister': { type: 'unregister', topic },
    'rendezvous-error': { type: 'error', code: 'capacity_exceeded', message: 'this topic is full' },
    manifest: await signRecord(bert, {
      node_id: bert.nodeId,
      display_name: 'Bert',
      community_id: anna.nodeId,
      profile: 'spark',
      protocol_version: '3.0.0-experimental',
      capabilities: [
        { name: nodeEcho.name, version: nodeEcho.version, stability: nodeEcho.stability, schema_hash: schemaHash(nodeEcho) },
      ],
      load: 0,
      issued_at: AT,
      expires_at: '2026-05-26T08:29:22Z',
    }),
  }
}
