import type { Certificate, Revocation } from '#protocol/civdef/certificate.ts'
import { CIVDEF_CERT_WARN_DAYS, CIVDEF_CHAIN_MAX, CIVDEF_CLOCK_SKEW_SECONDS } from '#protocol/civdef/constants.ts'
import type { CertificateRecord } from '#protocol/civdef/records.ts'
import { type CertId, type CertScope, within } from '#protocol/civdef/terms.ts'
import { type ErrorCode, HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { Regions } from './regions/adapters.ts'
import type { KnownRole } from './regions/region.ts'

export interface Root {
  readonly root: NodeId
  readonly name: string
  readonly region: string
}

/** What is known of certificates. Only those whose own bytes were checked (`checkCertificate`) are in here. */
export interface Certificates {
  find(id: CertId): Certificate | null
  /** Everything somebody signed to take a certificate back; whether they may is judged here (CIV-2). */
  revocations(id: CertId): readonly Revocation[]
  readonly roots: readonly Root[]
}

/** A span in which a certificate must hold. Milliseconds since 1970. */
export interface Span {
  readonly from: number
  readonly until: number
}

export type Verdict =
  | {
      readonly good: true
      /** Nearest first; the certificate itself is not in it. */
      readonly chain: readonly Certificate[]
      readonly root: Root
      /** Null where no adapter knows the scheme (CIV-7). */
      readonly role: KnownRole | null
    }
  | {
      readonly good: false
      readonly code: Extract<ErrorCode, `civdef_${string}`>
      /** A word per case, as decisions and screens have it. */
      readonly why: string
      /** The certificate of the chain at which it fails. */
      readonly at: CertId
    }

const SKEW_MS = CIVDEF_CLOCK_SKEW_SECONDS * 1000
const DAY_MS = 86_400_000

const dates = ({ issued_at, expires_at }: Certificate): Span => ({ from: Date.parse(issued_at), until: Date.parse(expires_at) })

/** Whoever issued a certificate, or stands anywhere above it, takes it back (CIV-2). */
export function mayRevoke(revocation: Revocation, certificate: Certificate, certificates: Certificates): boolean {
  const { revoked_by, by_cert } = revocation
  if (by_cert === null) {
    const isRoot = certificates.roots.some(({ root, region }) => root === revoked_by && within(certificate.region, region))
    return isRoot && (certificate.issuer === revoked_by || topOf(certificate, certificates) === revoked_by)
  }
  // a chain of ids fixes the certificates, so whoever is named in it stood above when this one was issued
  if (!certificate.issuer_chain.includes(by_cert)) return false
  return certificates.find(by_cert)?.holder === revoked_by
}

function topOf({ issuer, issuer_chain }: Certificate, certificates: Certificates): NodeId | null {
  const last = issuer_chain.at(-1)
  return last === undefined ? issuer : (certificates.find(last)?.issuer ?? null)
}

/** The revocation that took this certificate back, if one that counts did. */
const revocationOf = (certificate: Certificate, certificates: Certificates): Revocation | null =>
  certificates.revocations(certificate.cert_id).find((revocation) => mayRevoke(revocation, certificate, certificates)) ?? null

/** What one certificate lets pass of what it issues; null when it may. */
function issuingFault(issuer: Certificate, issued: Certificate, regions: Regions): string | null {
  if (issuer.holder !== issued.issuer) return 'chain_broken'
  if (!issuer.scopes.includes('role.issue')) return 'issuer_may_not_issue'
  if (!within(issued.region, issuer.region)) return 'issuer_of_elsewhere'
  const above = regions.role(issuer.role)
  const below = regions.role(issued.role)
  if (above && below && above.kind.tier < below.kind.tier) return 'issuer_of_lower_tier'
  return null
}

/** What the region adapter says against a certificate: it knows the role, and lets it have neither this region nor this scope. */
function schemeFault(certificate: Certificate, role: KnownRole | null): string | null {
  if (!role) return null
  if (!within(certificate.region, role.region)) return 'region_beyond_role'
  return certificate.scopes.every((scope) => role.kind.scopes.includes(scope)) ? null : 'scope_beyond_role'
}

/**
 * Whether a certificate holds for a span of time: dates, chain, roots, revocation, scheme (CIV-1, CIV-2). Asked at every use. Its
 * own bytes were checked when it arrived. A start may lie a little ahead, because tablets without a network drift; an end may
 * not.
 */
export function judgeCertificate(certificate: Certificate, certificates: Certificates, regions: Regions, span: Span): Verdict {
  const chain: Certificate[] = []
  const fail = (at: Certificate, code: Extract<ErrorCode, `civdef_${string}`>, why: string): Verdict => ({
    good: false,
    code,
    why,
    at: at.cert_id,
  })
  const unrecognised = (at: Certificate, why: string) => fail(at, 'civdef_cert_unrecognised', why)
  if (certificate.issuer_chain.length > CIVDEF_CHAIN_MAX) return unrecognised(certificate, 'chain_too_long')

  let below = certificate
  for (const [index, id] of certificate.issuer_chain.entries()) {
    const issuer = certificates.find(id)
    if (!issuer) return unrecognised(below, 'chain_incomplete')
    // each names the rest of the same chain, or two chains would be told apart only by who tells them
    const rest = certificate.issuer_chain.slice(index + 1)
    if (issuer.issuer_chain.length !== rest.length || rest.some((one, at) => issuer.issuer_chain[at] !== one)) {
      return unrecognised(issuer, 'chain_broken')
    }
    const fault = issuingFault(issuer, below, regions)
    if (fault) return unrecognised(below, fault)
    chain.push(issuer)
    below = issuer
  }
  const root = certificates.roots.find((one) => one.root === below.issuer && within(certificate.region, one.region))
  if (!root) return unrecognised(below, 'no_root')

  for (const one of [certificate, ...chain]) {
    if (revocationOf(one, certificates)) return fail(one, 'civdef_role_revoked', 'revoked')
    const { from, until } = dates(one)
    if (span.from < from - SKEW_MS) return fail(one, 'civdef_cert_invalid', 'not_yet')
    if (span.until > until) return fail(one, 'civdef_cert_invalid', 'expired')
    const fault = schemeFault(one, regions.role(one.role))
    if (fault) return fail(one, 'civdef_cert_out_of_scope', fault)
  }
  return { good: true, chain, root, role: regions.role(certificate.role) }
}

export interface Permission {
  readonly certificate: Certificate
  readonly role: KnownRole
}

/**
 * A certificate for something its holder is about to do at this device (CIV-1).
 * @param holder whoever does it
 * @throws HearthError each of the codes of CIV-1
 */
export function requirePermission(
  id: CertId,
  holder: NodeId,
  scope: CertScope,
  span: Span,
  { certificates, regions }: { readonly certificates: Certificates; readonly regions: Regions },
): Permission {
  const refuse = (code: ErrorCode, message: string): never => {
    throw new HearthError(code, message, { data: { field: '/cert_id' } })
  }
  const certificate = certificates.find(id)
  if (!certificate) return refuse('civdef_cert_unrecognised', 'no certificate of that id is known here')
  if (certificate.holder !== holder) return refuse('civdef_cert_not_owned', 'the certificate is somebody else’s')
  if (!regions.adapterOf(certificate.region)) return refuse('civdef_region_unsupported', 'nothing is known here of that region')
  const verdict = judgeCertificate(certificate, certificates, regions, span)
  if (!verdict.good) return refuse(verdict.code, `the certificate does not hold: ${verdict.why}`)
  if (!verdict.role) return refuse('civdef_cert_out_of_scope', 'the role is not in the scheme of its region')
  if (!certificate.scopes.includes(scope)) return refuse('civdef_cert_out_of_scope', `the certificate does not say ${scope}`)
  return { certificate, role: verdict.role }
}

const STATES: Readonly<Record<string, CertificateRecord['state']>> = {
  civdef_role_revoked: 'revoked',
  civdef_cert_unrecognised: 'unrecognised',
  civdef_region_unsupported: 'unsupported',
}

/** The root a certificate ends at, also before it begins and after it ended. */
function rootAt(certificate: Certificate, certificates: Certificates, regions: Regions, now: Verdict): string {
  if (now.good) return now.root.name
  const { from } = dates(certificate)
  const then = judgeCertificate(certificate, certificates, regions, { from, until: from })
  return then.good ? then.root.name : ''
}

/** A certificate with how it stands now and how long it still has (CIV-3). */
export function recordOf(
  certificate: Certificate,
  certificates: Certificates,
  regions: Regions,
  now: number,
): CertificateRecord {
  const verdict = judgeCertificate(certificate, certificates, regions, { from: now, until: now })
  // one of its chain may fail before it does (CIV-3)
  const until = Math.min(...[certificate, ...(verdict.good ? verdict.chain : [])].map((one) => dates(one).until))
  const left = Math.floor((until - now) / DAY_MS)
  const unknown = verdict.good && !verdict.role
  const state = verdict.good
    ? 'good'
    : (STATES[verdict.code] ?? (verdict.why === 'not_yet' || verdict.why === 'expired' ? verdict.why : 'invalid'))
  return {
    certificate,
    state: unknown ? 'unsupported' : state,
    root_name: rootAt(certificate, certificates, regions, verdict),
    revocation: revocationOf(certificate, certificates),
    expires_in_days: left < CIVDEF_CERT_WARN_DAYS && state === 'good' ? left : null,
  }
}

/** Certificates to warn about: the person's own, and those the person issued (CIV-3). The soonest first. */
export function endingSoon(records: readonly CertificateRecord[], person: NodeId): readonly CertificateRecord[] {
  return records
    .filter(({ certificate, expires_in_days }) => {
      const concerns = certificate.holder === person || certificate.issuer === person
      return concerns && expires_in_days !== null
    })
    .sort((a, b) => (a.expires_in_days ?? 0) - (b.expires_in_days ?? 0))
}
