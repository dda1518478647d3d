import type { Alert, Cancellation, Point, Target } from '#protocol/civdef/alert.ts'
import { CIVDEF_CLOCK_SKEW_SECONDS } from '#protocol/civdef/constants.ts'
import { DELIVERIES, type Decision, type Delivery, type Mark, type Reason } from '#protocol/civdef/decision.ts'
import type { Mirror } from '#protocol/civdef/mirror.ts'
import { type AlertSeverity, overlaps, severityRank, within } from '#protocol/civdef/terms.ts'
import type { Ulid } from '#protocol/core/ids.ts'
import type { Regions } from './regions/adapters.ts'
import { type Certificates, judgeCertificate, type Verdict } from './role.ts'
import { contains } from './target.ts'

/** An alert as it reached this device, or a mirrored warning. */
export interface Received {
  readonly alert: Alert | null
  readonly mirror: Mirror | null
  /** Whether the alert's own signatures verified (`checkAlert`). */
  readonly signed: boolean
  /** Of whoever may (CIV-10); others' are not handed in. */
  readonly cancellation: Cancellation | null
  readonly replacedBy: Ulid | null
  /** What a later message of the same sender says of a mirrored warning. */
  readonly mirrorEnd?: 'cancelled' | 'replaced' | null
}

/** Who asks. */
export interface Person {
  /** Region of the municipality; null until one is chosen. */
  readonly place: string | null
  readonly alsoRegions: readonly string[]
  readonly position: Point | null
  /** Roles of the person's good certificates. */
  readonly roles: readonly string[]
}

export interface AlertSettings {
  readonly notify_from: AlertSeverity
  readonly drills: boolean
  readonly cosign_from: AlertSeverity | 'never'
}

type Case = Pick<Reason, 'verdict' | 'code'> & { readonly detail?: Record<string, string> }
const pass = (code: string, detail: Record<string, string> = {}): Case => ({ verdict: 'pass', code, detail })
const stop = (code: string, detail: Record<string, string> = {}): Case => ({ verdict: 'stop', code, detail })
const mark = (code: string, detail: Record<string, string> = {}): Case => ({ verdict: 'mark', code, detail })

const cut = (detail: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(detail).map(([name, text]) => [name, text.slice(0, 400)]))

const spanOf = (alert: Alert) => ({ from: Date.parse(alert.published_at), until: Date.parse(alert.expires_at) })

const needsCosignature = (severity: AlertSeverity, from: AlertSettings['cosign_from']): boolean =>
  from !== 'never' && severityRank(severity) >= severityRank(from)

function scopeCase(alert: Alert, region: string, verdict: Extract<Verdict, { good: true }>, scopes: readonly string[]): Case {
  const { target, severity } = alert
  if (!scopes.includes('alert.publish')) return stop('may_not_publish')
  if (!within(target.region, region)) return stop('target_outside', { target: target.region, region })
  if (!verdict.role) return pass('scheme_unknown')
  const { cap } = verdict.role.kind
  if (cap === null || severityRank(severity) > severityRank(cap)) return stop('too_severe', { severity, cap: cap ?? 'none' })
  return within(target.region, verdict.role.reach)
    ? pass('in_scope')
    : stop('target_outside', { target: target.region, region })
}

/** The co-signer holds a good certificate of a higher tier over the whole target, and is somebody else (CIV-4). */
function cosignatureCase(alert: Alert, certificates: Certificates, regions: Regions, from: AlertSettings['cosign_from']): Case {
  const { issuer_attestation: attestation, severity, target } = alert
  if (!needsCosignature(severity, from)) return pass('not_needed', { severity })
  if (!attestation) return stop('missing', { severity })
  if (attestation.cosigner === alert.publisher) return stop('own')
  const certificate = certificates.find(attestation.cosigner_cert)
  if (!certificate || certificate.holder !== attestation.cosigner) return stop('unknown_cosigner')
  const verdict = judgeCertificate(certificate, certificates, regions, spanOf(alert))
  if (!verdict.good) return stop(`cosigner_${verdict.why}`)
  if (!certificate.scopes.includes('alert.cosign')) return stop('cosigner_may_not')
  if (!within(target.region, certificate.region)) return stop('cosigner_of_elsewhere')
  const above = verdict.role?.kind
  const own = regions.role(alert.publisher_role)?.kind
  // a scheme that is not known here has no tiers to compare: the mark of CIV-7 keeps such an alert quiet
  if (!above || !own) return pass('cosigned', { by: certificate.title })
  const isHigher = above.tier > own.tier || (own.tier === 4 && above.tier === 4)
  if (!isHigher || above.cap === null || severityRank(severity) > severityRank(above.cap)) return stop('cosigner_not_higher')
  return pass('cosigned', { by: certificate.title })
}

type Put = (rule: Reason['rule'], found: Case) => boolean

/** Whether an alert is to be believed (CIV-7): rule by rule, up to the first that says no. @returns whether it is */
function believe(
  alert: Alert,
  signed: boolean,
  certificates: Certificates,
  regions: Regions,
  from: AlertSettings['cosign_from'],
  put: Put,
): boolean {
  if (!put('signature', signed ? pass('verified') : stop('wrong'))) return false
  const certificate = certificates.find(alert.publisher_cert)
  if (!certificate) return put('certificate', stop('unknown'))
  const isOwn = certificate.holder === alert.publisher && certificate.role === alert.publisher_role
  if (!isOwn) return put('certificate', stop('not_owned'))
  const verdict = judgeCertificate(certificate, certificates, regions, spanOf(alert))
  const detail = { title: certificate.title, role: certificate.role }
  if (!verdict.good && verdict.code === 'civdef_role_revoked') {
    put('certificate', pass('known', detail))
    return put('revocation', stop('revoked', detail))
  }
  if (!verdict.good) return put('certificate', stop(verdict.why, { ...detail, code: verdict.code }))
  put('certificate', pass('good', { ...detail, root: verdict.root.name }))
  put('revocation', pass('none'))
  if (!put('scope', scopeCase(alert, certificate.region, verdict, certificate.scopes))) return false
  if (!put('cosignature', cosignatureCase(alert, certificates, regions, from))) return false
  put('mirror', pass('own_alert'))
  return true
}

const ownRole = (roles: readonly string[], mine: readonly string[]): string | undefined =>
  mine.find((role) => roles.some((wanted) => within(role, wanted)))

function rolesCase(roles: readonly string[], mine: readonly string[]): Case {
  if (roles.length === 0) return pass('everyone')
  const own = ownRole(roles, mine)
  return own === undefined ? stop('not_yours', { roles: roles.join(', ') }) : pass('yours', { role: own })
}

function regionCase({ regions: targets, roles }: Facts, { place, alsoRegions, roles: mine }: Person): Case {
  const detail = { target: targets.slice(0, 5).join(', ') }
  if (targets.length === 0) return pass('no_region')
  // whoever is called in a role is called wherever they live
  const role = ownRole(roles, mine)
  if (role !== undefined) return pass('by_role', { ...detail, role })
  if (place === null) return pass('no_place', detail)
  if (targets.some((target) => within(place, target))) return pass('here', { ...detail, place })
  const also = alsoRegions.find((region) => targets.some((target) => overlaps(region, target)))
  return also === undefined ? stop('elsewhere', { ...detail, place }) : pass('also', { ...detail, place: also })
}

function shapeCase(shapes: readonly Pick<Target, 'bbox' | 'polygon'>[], position: Point | null): Case {
  const drawn = shapes.filter(({ bbox, polygon }) => bbox || polygon)
  if (drawn.length === 0) return pass('whole_region')
  if (position === null) return pass('no_position')
  return drawn.some((shape) => contains(shape, position)) ? pass('inside') : mark('outside')
}

interface Facts {
  readonly severity: AlertSeverity
  readonly drill: boolean
  readonly sentAt: number
  readonly expiresAt: number
  readonly roles: readonly string[]
  readonly regions: readonly string[]
  readonly shapes: readonly Pick<Target, 'bbox' | 'polygon'>[]
}

function factsOf({ alert, mirror }: Received): Facts {
  if (alert) {
    const { severity, drill, target } = alert
    const span = spanOf(alert)
    const { region, roles } = target
    return { severity, drill, sentAt: span.from, expiresAt: span.until, roles, regions: [region], shapes: [target] }
  }
  if (!mirror) throw new TypeError('what is received is an alert or a mirror')
  const { severity, drill, sent_at, expires_at, regions, polygons, bbox } = mirror
  return {
    severity,
    drill,
    sentAt: Date.parse(sent_at),
    expiresAt: Date.parse(expires_at),
    roles: [],
    regions,
    shapes: [...polygons.map((polygon) => ({ polygon })), ...(bbox ? [{ bbox }] : [])],
  }
}

const quieter = (a: Delivery, b: Delivery): Delivery => (DELIVERIES.indexOf(a) < DELIVERIES.indexOf(b) ? a : b)

/** How loud a severity may be for this person. */
function severityCase(severity: AlertSeverity, { notify_from }: AlertSettings): Case & { readonly delivery: Delivery } {
  if (severity === 'extreme') return { ...pass('extreme', { severity }), delivery: 'alarm' }
  const loud = severityRank(severity) >= severityRank(notify_from)
  return loud
    ? { ...pass('notifies', { severity }), delivery: 'notify' }
    : { ...pass('below_setting', { severity, setting: notify_from }), delivery: 'list' }
}

/**
 * What this device does with an alert, and why: the one place that decides it, for whoever asks (CIV-7, CIV-12). Pure: the
 * same alert, certificates, person, settings and time give the same answer on every device. @param now ms since 1970
 */
export function decide(
  received: Received,
  certificates: Certificates,
  regions: Regions,
  person: Person,
  settings: AlertSettings,
  now: number,
): Decision {
  const reasons: Reason[] = []
  const marks: Mark[] = []
  const put: Put = (rule, { verdict, code, detail = {} }) => {
    reasons.push({ rule, verdict, code, detail: cut(detail) })
    return verdict !== 'stop'
  }
  const { alert, mirror, signed, cancellation, replacedBy, mirrorEnd } = received
  const facts = factsOf(received)
  if (alert && !believe(alert, signed, certificates, regions, settings.cosign_from, put))
    return { delivery: 'refuse', marks, reasons }
  if (mirror) {
    marks.push('mirror')
    put('mirror', mark('mirror', { sender: mirror.sender_name || mirror.sender, identifier: mirror.correlation_id }))
  }

  const loudness: Delivery[] = []
  const step = (rule: Reason['rule'], found: Case, otherwise: Delivery): void => {
    put(rule, found)
    if (found.verdict === 'stop' || (found.verdict === 'mark' && rule !== 'mirror')) loudness.push(otherwise)
  }
  step('roles', rolesCase(facts.roles, person.roles), 'hide')
  step('region', regionCase(facts, person), 'hide')
  step('shape', shapeCase(facts.shapes, person.position), 'list')
  const ended = cancellation ? stop(cancellation.all_clear ? 'all_clear' : 'cancelled', { reason: cancellation.reason }) : null
  const isCancelled = mirror?.kind === 'cancel' || mirrorEnd === 'cancelled' ? stop('cancelled', {}) : ended
  step('cancelled', isCancelled ?? pass('stands'), 'list')
  const next = replacedBy ? stop('replaced', { by: replacedBy }) : pass('newest')
  step('replaced', mirrorEnd === 'replaced' ? stop('replaced') : next, 'list')
  step('expired', now >= facts.expiresAt ? stop('expired') : pass('in_time'), 'list')
  const ahead = facts.sentAt - now > CIVDEF_CLOCK_SKEW_SECONDS * 1000
  put('clock', ahead ? mark('ahead') : pass('agrees'))
  if (ahead) marks.push('clock')
  if (facts.drill) {
    marks.push('drill')
    put('drill', mark(settings.drills ? 'takes_part' : 'stays_quiet'))
    loudness.push(settings.drills ? 'notify' : 'list')
  } else put('drill', pass('real'))
  const foreign = alert !== null && regions.role(alert.publisher_role) === null
  if (foreign) marks.push('foreign_role')
  step('scheme', foreign ? mark('foreign_role', { role: alert.publisher_role }) : pass('known'), 'notify')
  const { delivery, ...severity } = severityCase(facts.severity, settings)
  put('severity', severity)
  // nobody proves here who sent a mirrored warning: it never takes the whole screen
  if (mirror) loudness.push('notify')
  return { delivery: loudness.reduce(quieter, delivery), marks, reasons }
}
