import { canonical } from '#protocol/core/canonical.ts'
import { fromBase64Url, fromHex, toBase32, toHex, utf8 } from '#protocol/core/encoding.ts'
import { hashOf, sha256 } from '#protocol/core/hash.ts'
import { parseJson } from '#protocol/core/json.ts'
import { parseAs, TimeSchema } from '#protocol/core/schema.ts'
import type { Proofs } from '../proof.ts'

export const proofs = {
  'json.parse': ({ hex }: { hex: string }) => ({ value: parseJson(fromHex(hex)) }),
  'json.canonical'({ json }: { json: string }) {
    const text = canonical(parseJson(json))
    return { text, content_id: hashOf(utf8(text)), sha256_hex: toHex(sha256(utf8(text))) }
  },
  'base64url.decode': ({ text }: { text: string }) => ({ hex: toHex(fromBase64Url(text)) }),
  'time.parse': ({ text }: { text: string }) => ({ ms: Date.parse(parseAs(TimeSchema, text, 'bad_request')) }),
  hash({ hex }: { hex: string }) {
    const bytes = fromHex(hex)
    return { content_id: hashOf(bytes), sha256_hex: toHex(sha256(bytes)), sha256_base32: toBase32(sha256(bytes)) }
  },
} satisfies Proofs
