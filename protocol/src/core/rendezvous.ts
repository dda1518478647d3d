import type { Static } from '@sinclair/typebox'
import { NodeIdSchema, SignatureSchema, Strict, TimeSchema } from './schema.ts'
import * as Type from './type.ts'

export const RENDEZVOUS_PROTOCOL = '/hearthnet/rendezvous/3.0.0'
/** Longest a registration lives without renewal (BUS-7). */
export const RENDEZVOUS_TTL_SECONDS = 120
/** Registrations per topic and topics per remote address (BUS-7). */
export const RENDEZVOUS_MAX_PER_TOPIC = 256
export const RENDEZVOUS_MAX_PER_ADDRESS = 64
export const RENDEZVOUS_MAX_FRAME_BYTES = 64 * 1024

export const TopicSchema = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SYN-1 topic' })
const MultiaddrSchema = Type.String({ pattern: '^/', maxLength: 512 })

/** "I can be reached here", signed by the node, good for one topic and a short while (BUS-7). */
export const RegistrationSchema = Strict({
  topic: TopicSchema,
  node_id: NodeIdSchema,
  multiaddrs: Type.Array(MultiaddrSchema, { maxItems: 16 }),
  expires_at: TimeSchema,
  signature: SignatureSchema,
})
export type Registration = Static<typeof RegistrationSchema>

/**
 * Frames on one long-lived stream, each an unsigned-varint length and JSON. A peer registers (again before it expires);
 * the box answers with everyone else at that topic and pushes changes for as long as the stream is open.
 */
export const RendezvousRequestSchema = Type.Union([
  Strict({ type: Type.Literal('register'), registration: RegistrationSchema }),
  Strict({ type: Type.Literal('unregister'), topic: TopicSchema }),
])
export type RendezvousRequest = Static<typeof RendezvousRequestSchema>

export const RendezvousMessageSchema = Type.Union([
  Strict({
    type: Type.Literal('registered'),
    topic: TopicSchema,
    ttl_seconds: Type.Integer({ minimum: 1 }),
    peers: Type.Array(RegistrationSchema),
  }),
  Strict({ type: Type.Literal('joined'), topic: TopicSchema, peer: RegistrationSchema }),
  Strict({ type: Type.Literal('left'), topic: TopicSchema, node_id: NodeIdSchema }),
  Strict({ type: Type.Literal('error'), code: Type.String(), message: Type.String() }),
])
export type RendezvousMessage = Static<typeof RendezvousMessageSchema>

/** `GET /box.json` of the box that served the app: how a browser reaches it. */
export const BoxInfoSchema = Strict({
  name: Type.Literal('hearthnet-box'),
  version: Type.String(),
  peer_id: Type.String(),
  /** Websocket and webrtc-direct addresses, each ending in `/p2p/<peer id>`. */
  multiaddrs: Type.Array(MultiaddrSchema, { minItems: 1, maxItems: 16 }),
  /** Where people open the app, for invites: the address the box announces. */
  app_url: Type.String({ maxLength: 512 }),
})
export type BoxInfo = Static<typeof BoxInfoSchema>
