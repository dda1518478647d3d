import { toBase32, toHex } from '#protocol/core/encoding.ts'
import { displayNodeId, parseNodeId } from '#protocol/core/ids.ts'

/** One spelling for what people type, so that equal subjects are found as equal: NFC, single spaces, none at the ends. */
export const term = (text: string): string => text.normalize('NFC').replaceAll(/\s+/gu, ' ').trim()

/** The web address in what a person typed or pasted, complete and in ASCII; null for anything but http and https. */
export function webAddress(text: string): string | null {
  const typed = text.trim()
  if (typed === '' || /\s/.test(typed)) return null
  const withScheme = /^[a-z][a-z0-9+.-]*:/i.test(typed) && !/^[^/]+\.[^/]+:\d+/.test(typed) ? typed : `https://${typed}`
  if (!URL.canParse(withScheme)) return null
  const { protocol, hostname, href, username, password } = new URL(withScheme)
  const isWeb = protocol === 'http:' || protocol === 'https:'
  // a name before the host makes one site look like another
  return isWeb && hostname.includes('.') && username === '' && password === '' ? href : null
}

/** Where a source can be opened: only what is plainly a web address is ever a link. */
export const sourceHref = (sourceId: string): string | null =>
  sourceId.startsWith('url:') && /^url:https?:/i.test(sourceId) ? webAddress(sourceId.slice('url:'.length)) : null

export const SOURCE_KINDS = ['url', 'node', 'doc', 'ebkh'] as const
export type SourceKind = (typeof SOURCE_KINDS)[number]

/** The kind and the rest of a `source_id`; null for a kind of a later version. */
export function sourceParts(sourceId: string): { readonly kind: SourceKind; readonly rest: string } | null {
  const at = sourceId.indexOf(':')
  const kind = SOURCE_KINDS.find((known) => known === sourceId.slice(0, at))
  return kind === undefined ? null : { kind, rest: sourceId.slice(at + 1) }
}

/** The short form of a NodeID, or the text itself where somebody wrote something else. */
export function observerName(rest: string): string {
  try {
    return displayNodeId(parseNodeId(rest))
  } catch {
    return rest // a source id is free text behind its kind
  }
}

/** CIDv1, raw bytes, SHA-256: any tool that speaks CID can find the same document by it. */
const CID_PREFIX = Uint8Array.of(0x01, 0x55, 0x12, 0x20)

export interface HashedDocument {
  readonly name: string
  /** `doc:<CID>`. */
  readonly sourceId: string
  /** 64 lowercase hex digits. */
  readonly sha256: string
}

/** Hashes a document where it lies; its content goes nowhere. @throws DOMException when the file cannot be read. */
export async function hashDocument(file: File): Promise<HashedDocument> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
  const cid = `b${toBase32(Uint8Array.of(...CID_PREFIX, ...digest)).toLowerCase()}`
  return { name: file.name, sourceId: `doc:${cid}`, sha256: toHex(digest) }
}
