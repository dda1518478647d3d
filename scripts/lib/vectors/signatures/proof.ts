import { concatBytes, fromHex, toBase64Url } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { type NodeId, parseNodeId, signatureBytes } from '#protocol/core/ids.ts'
import { parseAs, SignatureSchema } from '#protocol/core/schema.ts'
import { requireSignature, type Signed, signedBytes, verifyBytes } from '#protocol/core/signing.ts'
import * as Type from '#protocol/core/type.ts'
import type { Proofs } from '../proof.ts'

const PKCS8_HEAD = fromHex('302e020100300506032b657004220420')
const SignedSchema = Type.Object({ signature: SignatureSchema })

export const proofs = {
  async 'signature.verify'({ node_id, message_hex, signature }: { node_id: NodeId; message_hex: string; signature: string }) {
    if (!(await verifyBytes(parseNodeId(node_id), fromHex(message_hex), signatureBytes(signature)))) {
      throw new HearthError('invalid_signature', 'does not verify')
    }
    return {}
  },
  async 'record.sign'({ seed_hex, record }: { seed_hex: string; record: object }) {
    const key = await crypto.subtle.importKey('pkcs8', concatBytes(PKCS8_HEAD, fromHex(seed_hex)), 'Ed25519', false, ['sign'])
    const bytes = signedBytes(record)
    const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', key, bytes))
    return { signed_text: new TextDecoder().decode(bytes), signature: `ed25519:${toBase64Url(signature)}` }
  },
  async 'record.verify'({ by, record }: { by: string; record: Signed<object> }) {
    parseAs(SignedSchema, record, 'bad_request')
    await requireSignature(by, record)
    return {}
  },
} satisfies Proofs
