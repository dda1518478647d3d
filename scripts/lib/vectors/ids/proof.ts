import { fromHex } from '#protocol/core/encoding.ts'
import { displayNodeId, nodeIdOf } from '#protocol/core/ids.ts'
import { ClaimIdSchema, ContentIdSchema, NodeIdSchema, parseAs, SignatureSchema, UlidSchema } from '#protocol/core/schema.ts'
import { peerIdOf } from '../../../../workers/kernel/mesh/private-key.ts'
import type { Proofs } from '../proof.ts'

const SCHEMAS = {
  node_id: NodeIdSchema,
  content_id: ContentIdSchema,
  ulid: UlidSchema,
  claim_id: ClaimIdSchema,
  signature: SignatureSchema,
}

export const proofs = {
  'node_id.make'({ public_key_hex }: { public_key_hex: string }) {
    const node_id = nodeIdOf(fromHex(public_key_hex))
    return { node_id, display: displayNodeId(node_id), peer_id: peerIdOf(node_id).toString() }
  },
  'id.parse'({ kind, text }: { kind: keyof typeof SCHEMAS; text: unknown }) {
    parseAs(SCHEMAS[kind], text, 'bad_request')
    return {}
  },
} satisfies Proofs
