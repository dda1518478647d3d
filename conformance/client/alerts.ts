import { sha256 } from '@noble/hashes/sha2.js'
import { base64 } from '@scure/base'
import { type Bytes, canonical, concat, disputeId, type Identity, type Json, publicKeyOf, toHex, utf8 } from './encoding.ts'
import type { Draft } from './envelopes.ts'
import type { Peer, SignedEvent } from './peer.ts'

/** Where everybody in the cases is. */
export const ISSUM = 'DE.NRW.Kleve.Issum'
export const KLEVE = 'DE.NRW.Kleve'
const DAY_SECONDS = 86_400

/** RFC 3339 with whole seconds, so many from now. */
export const inSeconds = (count: number): string => `${new Date(Date.now() + count * 1000).toISOString().slice(0, 19)}Z`

const plain = (value: object): Json => JSON.parse(JSON.stringify(value))
const omit = (record: object, ...names: readonly string[]): { [name: string]: Json } =>
  Object.fromEntries(Object.entries(plain(record) as object).filter(([name]) => !names.includes(name)))

export interface Certificate {
  readonly cert_id: string
  readonly holder: string
  readonly role: string
  readonly region: string
  readonly issuer_chain: readonly string[]
}

/** Certificates so far: each is a second younger, for those of two cases with the same people would be one, and revoked together. */
let issued = 0

/** A role certificate by an issuer, its id made as CIV-1 has it. */
export function certificateOf(issuer: Identity, holder: string, change: Draft = {}): Certificate {
  const content = {
    holder,
    role: `${ISSUM}.Feuerwehr.Wehrleiter`,
    region: ISSUM,
    issuer: issuer.nodeId,
    issuer_chain: [],
    issued_at: inSeconds(issued++ - DAY_SECONDS),
    expires_at: inSeconds(100 * DAY_SECONDS),
    scopes: ['alert.publish', 'role.issue'],
    title: 'Fire service lead',
    ...change,
  }
  // base32 of SHA-256 over the canonical content, as the ids of disputes are
  return issuer.sign({ ...content, cert_id: disputeId(content) }) as Certificate & { readonly signature: string }
}

/** `cert_id` and `signature` are not part of what the id covers. */
export const withTitle = (certificate: Certificate, title: string): Json => plain({ ...certificate, title })

export const revocationOf = (by: Identity, cert_id: string, by_cert: string | null, change: Draft = {}): Json =>
  plain(
    by.sign({ cert_id, revoked_by: by.nodeId, by_cert, revoked_at: inSeconds(-1), reason: 'no longer in service', ...change }),
  )

/** What an alert says, before it is signed. */
export const contentOf = (peer: Peer, certificate: Certificate, change: Draft = {}): { [name: string]: Json } => {
  const made: { [name: string]: Json | undefined } = {
    alert_id: peer.ulid(),
    severity: 'warning',
    language: 'de-DE',
    title: 'Probe',
    body: 'Dies ist eine Probe.',
    instructions: ['Nichts tun'],
    variants: [],
    target: { region: ISSUM, roles: [], channels: ['local'] },
    expires_at: inSeconds(3600),
    publisher: peer.nodeId,
    publisher_role: certificate.role,
    publisher_cert: certificate.cert_id,
    drill: false,
    ...change,
  }
  return omit(made)
}

/** A higher tier's word for a content (CIV-4). */
export const attestationOf = (by: Identity, certificate: Certificate, content: object): Json =>
  plain(
    by.sign({
      content_sha: `sha256:${toHex(sha256(utf8(canonical(content))))}`,
      cosigner: by.nodeId,
      cosigner_cert: certificate.cert_id,
      cosigned_at: inSeconds(0),
    }),
  )

export interface Said {
  readonly alert_id: string
  readonly event: SignedEvent
}

/** An alert in the event that carries it. @param late put in with the time, as `issuer_attestation` is */
export function alertOf(peer: Peer, content: { readonly [name: string]: Json }, late: Draft = {}): Said {
  const alert = peer.identity.sign({ ...content, published_at: inSeconds(0), ...omit(late) })
  return { alert_id: String(content.alert_id), event: peer.event('civdef.alert.published', plain({ alert })) }
}

export const cancellationOf = (peer: Peer, alert_id: string, certificate: Certificate, change: Draft = {}): SignedEvent =>
  peer.event(
    'civdef.alert.cancelled',
    plain({
      cancellation: peer.identity.sign({
        ...{ alert_id, cancelled_by: peer.nodeId, canceller_cert: certificate.cert_id },
        ...{ cancelled_at: inSeconds(0), reason: 'over', all_clear: false, ...change },
      }),
    }),
  )

export const ackOf = (peer: Peer, alert_id: string, change: Draft = {}): SignedEvent =>
  peer.event(
    'civdef.alert.acked',
    plain({
      ack: peer.identity.sign({ alert_id, status: 'received', acked_by: peer.nodeId, acked_at: inSeconds(0), ...change }),
    }),
  )

/** RFC 6962, 2.1. */
export function merkleRoot(entries: readonly Bytes[]): Bytes {
  const [first] = entries
  if (first === undefined) return new Uint8Array(sha256(new Uint8Array(0)))
  if (entries.length === 1) return new Uint8Array(sha256(concat(Uint8Array.of(0), first)))
  const half = 2 ** Math.ceil(Math.log2(entries.length) - 1)
  return new Uint8Array(sha256(concat(Uint8Array.of(1), merkleRoot(entries.slice(0, half)), merkleRoot(entries.slice(half)))))
}

/** What shows that the first `from` entries are still there (RFC 6962, 2.1.2), base64. */
export function growth(entries: readonly Bytes[], from: number): string[] {
  const subproof = (m: number, part: readonly Bytes[], whole: boolean): Bytes[] => {
    if (m === part.length) return whole ? [] : [merkleRoot(part)]
    const half = 2 ** Math.ceil(Math.log2(part.length) - 1)
    const [left, right] = [part.slice(0, half), part.slice(half)]
    return m <= half
      ? [...subproof(m, left, whole), merkleRoot(right)]
      : [...subproof(m - half, right, false), merkleRoot(left)]
  }
  return subproof(from, entries, true).map((hash) => base64.encode(hash))
}

/** The name of a node's log (AUD-2). */
export const logNameOf = (nodeId: string): string => `hearthnet/civdef/log/${nodeId.slice('ed25519:'.length)}`

/** A checkpoint over entries as C2SP signed-note has it. */
export function noteOf(by: Identity, entries: readonly Bytes[], origin = logNameOf(by.nodeId)): string {
  const text = `${origin}\n${entries.length}\n${base64.encode(merkleRoot(entries))}\n`
  const keyId = sha256(concat(utf8(`${origin}\n`), Uint8Array.of(1), publicKeyOf(by.nodeId))).subarray(0, 4)
  return `${text}\n— ${origin} ${base64.encode(concat(keyId, by.signBytes(utf8(text))))}\n`
}
