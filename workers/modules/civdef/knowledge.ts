import type { Alert, Cancellation } from '#protocol/civdef/alert.ts'
import type { Decision } from '#protocol/civdef/decision.ts'
import type { AlertRecord, AlertState } from '#protocol/civdef/records.ts'
import { within } from '#protocol/civdef/terms.ts'
import type { HearthnetConfig } from '#protocol/core/config.ts'
import type { NodeId, Ulid } from '#protocol/core/ids.ts'
import type { Members } from '../../kernel/community/members.ts'
import type { View } from '../../kernel/views.ts'
import { decide, type Person, type Received } from './decide.ts'
import type { Regions } from './regions/adapters.ts'
import { type Certificates, judgeCertificate, type Root } from './role.ts'
import type { AlertRow, CertificateRow, Heard, RootWord } from './store.ts'

export interface KnowledgeDeps {
  readonly me: NodeId
  readonly alerts: View<AlertRow>
  readonly certificates: View<CertificateRow>
  readonly roots: View<readonly RootWord[]>
  readonly members: Members
  readonly config: () => HearthnetConfig
  readonly regions: Regions
  readonly now: () => number
}

/** Everything the log and this device know, in the form in which decisions are made. */
export interface Knowledge {
  roots(): readonly (Root & { readonly from: 'community' | 'device' })[]
  certificates(): Certificates
  person(): Person
  /** The one of several under one id that is believed, else the first. */
  heard(row: AlertRow): Heard
  received(row: AlertRow): Received
  decision(row: AlertRow): Decision
  record(row: AlertRow): AlertRecord
}

/** Whether somebody may end an alert: its publisher, or a role of the same or a higher tier over its target (CIV-10). */
export function mayEnd(
  by: NodeId,
  cert: Cancellation['canceller_cert'],
  alert: Alert,
  certificates: Certificates,
  regions: Regions,
  at: number,
): boolean {
  const certificate = certificates.find(cert)
  if (!certificate || certificate.holder !== by) return false
  const verdict = judgeCertificate(certificate, certificates, regions, { from: at, until: at })
  if (!verdict.good || !certificate.scopes.includes('alert.publish')) return false
  if (by === alert.publisher) return true
  const own = regions.role(alert.publisher_role)?.kind.tier
  const tier = verdict.role?.kind.tier
  return own !== undefined && tier !== undefined && tier >= own && within(alert.target.region, certificate.region)
}

export function createKnowledge(deps: KnowledgeDeps): Knowledge {
  const { me, alerts, certificates, members, config, regions, now } = deps

  function roots(): readonly (Root & { readonly from: 'community' | 'device' })[] {
    const named = deps.roots.rows().flatMap((words) => {
      // the last word of somebody who is an anchor now
      const last = words.findLast(({ by }) => members.levelOf(by) === 'anchor')
      return last?.name ? [{ root: last.root, name: last.name, region: last.region, from: 'community' as const }] : []
    })
    return [...named, ...config().civdef.roots.map((root) => ({ ...root, from: 'device' as const }))]
  }

  function known(): Certificates {
    return {
      roots: roots(),
      find: (id) => certificates.get(id)?.certificate ?? null,
      revocations: (id) => certificates.get(id)?.revocations ?? [],
    }
  }

  function person(): Person {
    const { municipality, also_regions } = config().civdef
    const at = now()
    const roles = certificates
      .equal('holder', me)
      .filter(({ certificate }) => judgeCertificate(certificate, known(), regions, { from: at, until: at }).good)
      .map(({ certificate }) => certificate.role)
    return { place: municipality || null, alsoRegions: also_regions, position: null, roles }
  }

  const plain = ({ alert, mirror }: Heard): Received => ({ alert, mirror, signed: true, cancellation: null, replacedBy: null })
  const judged = (received: Received): Decision => decide(received, known(), regions, person(), config().civdef, now())
  const believed = (heard: Heard): boolean => judged(plain(heard)).delivery !== 'refuse'

  function heard(row: AlertRow): Heard {
    // a view keeps no row without one
    const [first] = row.heard
    if (!first) throw new TypeError('an alert that nobody said')
    if (row.heard.length === 1) return first
    // of mirrors the newest message counts, of alerts the first that is believed
    return first.mirror ? (row.heard.at(-1) ?? first) : (row.heard.find(believed) ?? first)
  }

  function replacedBy(alert: Alert): Ulid | null {
    for (const row of alerts.equal('replaces', alert.alert_id)) {
      const next = heard(row)
      if (next.alert?.replaces !== alert.alert_id || !believed(next)) continue
      const { publisher, publisher_cert, published_at, alert_id } = next.alert
      if (mayEnd(publisher, publisher_cert, alert, known(), regions, Date.parse(published_at))) return alert_id
    }
    return null
  }

  function received(row: AlertRow): Received {
    const one = heard(row)
    const { alert } = one
    if (!alert) return plain(one)
    const cancellation = row.cancellations.find(({ cancelled_by, canceller_cert, cancelled_at }) =>
      mayEnd(cancelled_by, canceller_cert, alert, known(), regions, Date.parse(cancelled_at)),
    )
    return { ...plain(one), cancellation: cancellation ?? null, replacedBy: replacedBy(alert) }
  }

  function stateOf({ alert, mirror, cancellation, replacedBy: next }: Received): AlertState {
    if (cancellation || mirror?.kind === 'cancel') return 'cancelled'
    if (next) return 'replaced'
    const ends = alert?.expires_at ?? mirror?.expires_at ?? ''
    return now() >= Date.parse(ends) ? 'expired' : 'active'
  }

  return {
    roots,
    certificates: known,
    person,
    heard,
    received,
    decision: (row) => judged(received(row)),
    record(row) {
      const one = heard(row)
      const all = received(row)
      return {
        key: row.key,
        origin: one.mirror ? 'mirror' : one.path.length > 0 ? 'forwarded' : 'community',
        state: stateOf(all),
        content_id: one.cid,
        author: one.author,
        alert: one.alert,
        mirror: one.mirror,
        cancellation: all.cancellation,
        replaced_by: all.replacedBy,
        path: [...one.path],
      }
    },
  }
}
