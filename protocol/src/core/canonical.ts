import canonicalize from 'canonicalize'
import { utf8 } from './encoding.ts'
import { checkJson } from './json.ts'

/**
 * Canonical form, RFC 8785 (ENC-2): what is signed or hashed is signed or hashed over this text.
 * @throws HearthError `bad_request` when the value is not JSON by ENC-1.
 */
export function canonical(value: unknown): string {
  checkJson(value)
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('a JSON value always has a canonical form')
  return text
}

/** UTF-8 bytes of the canonical form. */
export const canonicalBytes = (value: unknown): Uint8Array<ArrayBuffer> => utf8(canonical(value))
