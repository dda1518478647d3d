import { EVENTS } from '#protocol/catalogue.ts'
import {
  AlertSchema,
  type Cancellation,
  checkAlert,
  checkSealed,
  contentSha,
  SealedAlertSchema,
} from '#protocol/civdef/alert.ts'
import { type Certificate, CertificateSchema, checkCertificate, type Revocation } from '#protocol/civdef/certificate.ts'
import { openCheckpoint, witnessesOf } from '#protocol/civdef/note.ts'
import { type AlertSeverity, type CertId, within } from '#protocol/civdef/terms.ts'
import { concatBytes, fromHex, toBase64Url, toHex } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId, Ulid } from '#protocol/core/ids.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { verifyEvent } from '../../../../workers/kernel/log/verify.ts'
import {
  createMerkleTree,
  leafHash,
  verifyConsistency,
  verifyInclusion,
} from '../../../../workers/modules/civdef/audit/merkle.ts'
import { verifyEpoch } from '../../../../workers/modules/civdef/audit/verify.ts'
import { alertFrom, capOf } from '../../../../workers/modules/civdef/cap/exchange.ts'
import { mirrorOf } from '../../../../workers/modules/civdef/cap/mirror.ts'
import { readCap } from '../../../../workers/modules/civdef/cap/read.ts'
import { writeCap } from '../../../../workers/modules/civdef/cap/write.ts'
import { type AlertSettings, decide } from '../../../../workers/modules/civdef/decide.ts'
import { createRegions } from '../../../../workers/modules/civdef/regions/adapters.ts'
import { type Certificates, judgeCertificate, type Root } from '../../../../workers/modules/civdef/role.ts'
import { openSealed } from '../../../../workers/modules/civdef/seal.ts'
import type { Proofs } from '../proof.ts'

const regions = createRegions()

interface World {
  readonly roots: readonly Root[]
  readonly certificates: readonly Certificate[]
  readonly revocations: readonly Revocation[]
}
const known = ({ roots, certificates, revocations }: World): Certificates => ({
  roots,
  find: (id) => certificates.find(({ cert_id }) => cert_id === id) ?? null,
  revocations: (id) => revocations.filter(({ cert_id }) => cert_id === id),
})

function requireTrue(holds: boolean): object {
  if (!holds) throw new HearthError('bad_request', 'the proof does not lead there')
  return {}
}

interface Decided extends World {
  readonly alert: unknown
  readonly person: {
    readonly place: string | null
    readonly also_regions: readonly string[]
    readonly roles: readonly string[]
  }
  readonly settings: AlertSettings
  readonly now: string
  readonly cancellation: Cancellation | null
  readonly replaced_by: Ulid | null
}

/** DER head of an X25519 private key in PKCS#8 (RFC 8410): the 32 bytes follow. */
const PKCS8_HEAD = fromHex('302e020100300506032b656e04220420')

async function boxKeysOf(secret: Uint8Array<ArrayBuffer>) {
  const der = concatBytes(PKCS8_HEAD, secret)
  const readable = await crypto.subtle.importKey('pkcs8', der, { name: 'X25519' }, true, ['deriveBits'])
  const { x = '' } = await crypto.subtle.exportKey('jwk', readable)
  const privateKey = await crypto.subtle.importKey('pkcs8', der, { name: 'X25519' }, false, ['deriveBits'])
  return { boxKey: `x25519:${x || toBase64Url(secret)}`, privateKey }
}

export const proofs = {
  async 'civdef.certificate'({ certificate }: { certificate: unknown }) {
    const parsed = parseAs(CertificateSchema, certificate)
    await checkCertificate(parsed)
    return { cert_id: parsed.cert_id }
  },

  'civdef.holds'({ cert_id, from, until, ...world }: World & { cert_id: CertId; from: string; until: string }) {
    const certificates = known(world)
    const certificate = certificates.find(cert_id)
    if (!certificate) throw new HearthError('civdef_cert_unrecognised', 'not known')
    const verdict = judgeCertificate(certificate, certificates, regions, { from: Date.parse(from), until: Date.parse(until) })
    if (!verdict.good) throw new HearthError(verdict.code, verdict.why)
    return {}
  },

  async 'civdef.alert'({ alert }: { alert: unknown }) {
    const parsed = parseAs(AlertSchema, alert)
    await checkAlert(parsed)
    return { content_sha: contentSha(parsed) }
  },

  'civdef.decide'({ alert, person, settings, now, cancellation, replaced_by, ...world }: Decided) {
    const { delivery, marks, reasons } = decide(
      { alert: parseAs(AlertSchema, alert), mirror: null, signed: true, cancellation, replacedBy: replaced_by },
      known(world),
      regions,
      { place: person.place, alsoRegions: person.also_regions, position: null, roles: person.roles },
      settings,
      Date.parse(now),
    )
    const last =
      reasons.findLast(({ verdict, rule }) => verdict === 'stop' || (verdict === 'mark' && rule === 'scheme')) ?? reasons.at(-1)
    return { delivery, marks, because: `${last?.rule}: ${last?.code}` }
  },

  'civdef.within': ({ region, outer }: { region: string; outer: string }) => ({ within: within(region, outer) }),

  'civdef.place'({ region }: { region: string }) {
    const place = regions.place(region)
    if (!place) throw new HearthError('civdef_region_unsupported', 'no such place')
    return { ags: place.ags, ars: place.ars, warncell: place.warncell }
  },

  'civdef.role'({ role }: { role: string }) {
    const found = regions.role(role)
    if (!found) throw new HearthError('civdef_cert_out_of_scope', 'no such role')
    return { region: found.region, tier: found.kind.tier, cap: found.kind.cap satisfies AlertSeverity | null }
  },

  async 'civdef.open'({ sealed, secret_hex }: { sealed: unknown; secret_hex: string }) {
    const parsed = parseAs(SealedAlertSchema, sealed)
    await checkSealed(parsed)
    const alert = await openSealed(parsed, await boxKeysOf(fromHex(secret_hex)))
    if (alert) await checkAlert(alert)
    return { title: alert?.title ?? null }
  },

  'civdef.root'({ entries_hex }: { entries_hex: readonly string[] }) {
    const tree = createMerkleTree()
    for (const entry of entries_hex) tree.append(leafHash(fromHex(entry)))
    return { root_hex: toHex(tree.root()) }
  },

  'civdef.inclusion': ({
    leaf_hex,
    index,
    size,
    proof_hex,
    root_hex,
  }: Record<'leaf_hex' | 'root_hex', string> & Record<'index' | 'size', number> & { proof_hex: string[] }) =>
    requireTrue(verifyInclusion(leafHash(fromHex(leaf_hex)), index, size, proof_hex.map(fromHex), fromHex(root_hex))),

  'civdef.consistency': ({
    from,
    to,
    proof_hex,
    old_root_hex,
    new_root_hex,
  }: Record<'old_root_hex' | 'new_root_hex', string> & Record<'from' | 'to', number> & { proof_hex: string[] }) =>
    requireTrue(verifyConsistency(from, to, proof_hex.map(fromHex), fromHex(old_root_hex), fromHex(new_root_hex))),

  async 'civdef.checkpoint'({ log, note }: { log: NodeId; note: string }) {
    const opened = await openCheckpoint(note, log)
    const { origin, size, root } = opened.body
    return { origin, size, root_hex: toHex(root), witnesses: await witnessesOf(opened.note) }
  },

  async 'civdef.verify'({
    owner,
    entries,
    checkpoints,
    held,
  }: { owner: NodeId } & Record<'entries' | 'checkpoints' | 'held', string[]>) {
    const report = await verifyEpoch({ epoch: 0, start: 0, entries, checkpoints }, { owner, by: 'entries', held, before: null })
    const [first] = report.breaks
    return { whole: report.whole, ...(first ? { fault: first.fault, seq: first.seq } : {}) }
  },

  'civdef.cap.read'({ text }: { text: string }) {
    const { kind, correlation_id, severity, drill, wordings, regions: places } = mirrorOf(readCap(text), 'cap', text, regions)
    return { kind, correlation_id, severity, drill, title: wordings[0]?.title, regions: places }
  },

  'civdef.cap.through'({ alert }: { alert: unknown }) {
    const written = writeCap(capOf(parseAs(AlertSchema, alert), { regions, senderName: 'Wehrleiterin Issum', replaced: [] }))
    return { alert: alertFrom(readCap(written)) }
  },

  async 'event.accept'({ community_id, event }: { community_id: NodeId; event: unknown }) {
    await verifyEvent(event, community_id, EVENTS)
    return {}
  },
} satisfies Proofs
