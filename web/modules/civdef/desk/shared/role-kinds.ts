import { NRW_ROLES } from '#protocol/civdef/nrw-roles.ts'
import type { Place } from '#protocol/civdef/place-capabilities.ts'
import type { CertificateRecord } from '#protocol/civdef/records.ts'
import type { RoleKind } from '#protocol/civdef/role-kind.ts'
import { ALERT_SEVERITIES, type AlertSeverity, severityRank, within } from '#protocol/civdef/terms.ts'
import type { NodeId } from '#protocol/core/ids.ts'

/** Role schemes by Land; a further Land is a further line. */
const SCHEMES: readonly { readonly prefix: string; readonly roles: readonly RoleKind[] }[] = [
  { prefix: 'DE.NRW', roles: NRW_ROLES },
]

/** What a dotted role is in the scheme of its Land; null where the scheme does not know it (CIV-7). */
export function kindOfRole(role: string): RoleKind | null {
  const scheme = SCHEMES.find(({ prefix }) => within(role, prefix))
  return scheme?.roles.find(({ path }) => role.endsWith(`.${path}`)) ?? null
}

/** A kreisfreie Stadt is both a municipality and a Kreis: its key ends in zeros and it stands right below the Land. */
const levelsOf = ({ kind, ags, region }: Place): readonly RoleKind['level'][] =>
  kind === 'gemeinde' && region.split('.').length === 3 && ags.endsWith('000') ? ['gemeinde', 'kreis'] : [kind]

/** Roles that exist at a place. */
export function rolesAt(place: Place): readonly RoleKind[] {
  const levels = levelsOf(place)
  const scheme = SCHEMES.find(({ prefix }) => within(place.region, prefix))
  return scheme?.roles.filter(({ level }) => levels.includes(level)) ?? []
}

/** Severities that a role may give, the quietest first. */
export function severitiesOf(role: string): readonly AlertSeverity[] {
  const cap = kindOfRole(role)?.cap ?? null
  return cap === null ? [] : ALERT_SEVERITIES.filter((severity) => severityRank(severity) <= severityRank(cap))
}

export const mayPublish = ({ certificate, state }: CertificateRecord): boolean =>
  state === 'good' && certificate.scopes.includes('alert.publish') && severitiesOf(certificate.role).length > 0

export const mayCosign = ({ certificate, state }: CertificateRecord): boolean =>
  state === 'good' && certificate.scopes.includes('alert.cosign')

export const mayIssue = ({ certificate, state }: CertificateRecord): boolean =>
  state === 'good' && certificate.scopes.includes('role.issue')

export interface CosignFor {
  readonly region: string
  readonly severity: AlertSeverity
  /** The publisher's role. */
  readonly role: string
  readonly publisher: NodeId
}

/**
 * Who can give the second signature (CIV-4): somebody else of a higher tier, over the whole target, for this severity. The node
 * decides; this only spares people from asking in vain.
 */
export function cosignersFor(records: readonly CertificateRecord[], wanted: CosignFor): readonly CertificateRecord[] {
  const own = kindOfRole(wanted.role)
  return records.filter((record) => {
    const { certificate } = record
    const above = kindOfRole(certificate.role)
    if (!mayCosign(record) || certificate.holder === wanted.publisher || !above || !own || above.cap === null) return false
    const isHigher = above.tier > own.tier || (above.tier === 4 && own.tier === 4)
    return isHigher && within(wanted.region, certificate.region) && severityRank(above.cap) >= severityRank(wanted.severity)
  })
}
