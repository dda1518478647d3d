import { base32nopad, base64urlnopad, hex } from '@scure/base'
import { HearthError } from './errors.ts'

/** ENC-3: binary on the wire is base64url without padding; content hashes are lowercase hex; ids may be base32. */
export const toBase64Url = (bytes: Uint8Array): string => base64urlnopad.encode(bytes)
export const toBase32 = (bytes: Uint8Array): string => base32nopad.encode(bytes)
export const toHex = (bytes: Uint8Array): string => hex.encode(bytes)
export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

function decoded(decode: (text: string) => Uint8Array, text: string, form: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(decode(text))
  } catch (cause) {
    throw new HearthError('bad_request', `not ${form}`, { cause })
  }
}

/** @throws HearthError `bad_request`: wrong alphabet, padding, or non-zero trailing bits. */
export const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> =>
  decoded(base64urlnopad.decode, text, 'base64url without padding')

/** @throws HearthError `bad_request` */
export const fromHex = (text: string): Uint8Array<ArrayBuffer> => decoded(hex.decode, text, 'hex')

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    out.set(part, offset)
    offset += part.length
  }
  return out
}
