import type { Alert, Cancellation } from '#protocol/civdef/alert.ts'
import type { Decision } from '#protocol/civdef/decision.ts'
import type { Mirror } from '#protocol/civdef/mirror.ts'
import type { AlertRecord, AlertState } from '#protocol/civdef/records.ts'
import { within } from '#protocol/civdef/terms.ts'
import type { HearthnetConfig } from '#protocol/core/config.ts'
import { compareReplay } from '#protocol/core/event.ts'
import type { NodeId, Ulid } from '#protocol/core/ids.ts'
import type { Members } from '../../kernel/community/members.ts'
import type { View } from '../../kernel/views.ts'
import { decide, type Person, type Received } from './decide.ts'
import type { Opened } from './opened.ts'
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
  readonly opened: Opened
  /** Where the person says this device is. */
  readonly position: () => Person['position']
  readonly now: () => number
}

/**
 * Everything the log and this device know, in the form in which decisions are made. A sealed alert that this device cannot open
 * has neither alert nor mirror; it is hidden, and everything here can be asked about it.
 */
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

/** What it takes to know who may end an alert; a sealed one says as much on its outside. */
interface Endable {
  readonly publisher: NodeId
  readonly publisher_role: string
  readonly region: string
}

/** Whether somebody may end an alert: its publisher, or a role of the same or a higher tier over its target (CIV-10). */
export function mayEnd(
  by: NodeId,
  cert: Cancellation['canceller_cert'],
  { publisher, publisher_role, region }: Endable,
  certificates: Certificates,
  regions: Regions,
  at: number,
): boolean {
  const certificate = certificates.find(cert)
  if (!certificate || certificate.holder !== by) return false
  const verdict = judgeCertificate(certificate, certificates, regions, { from: at, until: at })
  if (!verdict.good || !certificate.scopes.includes('alert.publish')) return false
  if (by === publisher) return true
  const own = regions.role(publisher_role)?.kind.tier
  const tier = verdict.role?.kind.tier
  return own !== undefined && tier !== undefined && tier >= own && within(region, certificate.region)
}

export const endable = ({ publisher, publisher_role, target }: Alert): Endable => ({
  publisher,
  publisher_role,
  region: target.region,
})

export function createKnowledge(deps: KnowledgeDeps): Knowledge {
  const { me, alerts, certificates, members, config, regions, opened, position, now } = deps

  function readRoots(): readonly (Root & { readonly from: 'community' | 'device' })[] {
    const named = deps.roots.rows().flatMap((words) => {
      // the last word of somebody who is an anchor now
      const last = words.findLast(({ by }) => members.levelOf(by) === 'anchor')
      return last?.name ? [{ root: last.root, name: last.name, region: last.region, from: 'community' as const }] : []
    })
    return [...named, ...config().civdef.roots.map((root) => ({ ...root, from: 'device' as const }))]
  }

  function readPerson(known: Certificates): Person {
    const { municipality, also_regions } = config().civdef
    const at = now()
    const roles = certificates
      .equal('holder', me)
      .filter(({ certificate }) => judgeCertificate(certificate, known, regions, { from: at, until: at }).good)
      .map(({ certificate }) => certificate.role)
    return { place: municipality || null, alsoRegions: also_regions, position: position(), roles }
  }

  const find: Certificates['find'] = (id) => certificates.get(id)?.certificate ?? null
  const revocations: Certificates['revocations'] = (id) => certificates.get(id)?.revocations ?? []
  const read = () => {
    const all = readRoots()
    const known: Certificates = { roots: all, find, revocations }
    return { at: now(), config: config(), position: position(), roots: all, known, person: readPerson(known) }
  }
  // a list of a thousand alerts asks the same thing a thousand times in one moment
  let latest: ReturnType<typeof read> | null = null
  const forget = (): void => {
    latest = null
  }
  certificates.changed.on(forget)
  deps.roots.changed.on(forget)
  function present(): ReturnType<typeof read> {
    const isSame = latest?.at === now() && latest.config === config() && latest.position === position()
    if (!latest || !isSame) latest = read()
    return latest
  }
  const known = (): Certificates => present().known

  /** With what this device could open of it. */
  const unsealed = (heard: Heard): Heard => {
    if (!heard.sealed) return heard
    return { ...heard, alert: opened.alert(heard.sealed) }
  }
  const plain = ({ alert, mirror }: Heard): Received => ({ alert, mirror, signed: true, cancellation: null, replacedBy: null })
  const judged = (received: Received): Decision => decide(received, known(), regions, present().person, config().civdef, now())
  const believed = (heard: Heard): boolean =>
    (heard.alert !== null || heard.mirror !== null) && judged(plain(heard)).delivery !== 'refuse'

  function heard(row: AlertRow): Heard {
    const all = row.heard.map(unsealed)
    // a view keeps no row without one
    const [first] = all
    if (!first) throw new TypeError('an alert that nobody said')
    if (all.length === 1) return first
    // of mirrors the newest message counts, of alerts the first that is believed
    return first.mirror ? (all.at(-1) ?? first) : (all.find(believed) ?? first)
  }

  /** The first in replay order that may: an index gives rows as they arrived, which is another order on every node (EVT-3). */
  function replacedBy(alert: Alert): Ulid | null {
    const next = alerts
      .equal('replaces', alert.alert_id)
      .map(heard)
      .sort((a, b) => compareReplay({ lamport: a.lamport, cid: a.cid }, { lamport: b.lamport, cid: b.cid }))
      .find((one) => one.alert?.replaces === alert.alert_id && believed(one) && mayReplace(one.alert, alert))
    return next?.alert?.alert_id ?? null
  }

  const mayReplace = ({ publisher, publisher_cert, published_at }: Alert, before: Alert): boolean =>
    mayEnd(publisher, publisher_cert, endable(before), known(), regions, Date.parse(published_at))

  function endableOf({ alert, sealed }: Heard): Endable | null {
    if (alert) return endable(alert)
    if (!sealed) return null
    const { publisher, publisher_cert, region } = sealed
    return { publisher, publisher_role: find(publisher_cert)?.role ?? '', region }
  }

  /** What its sender said of a mirrored warning later, under another identifier. */
  function mirrorEnd({ correlation_id, sender, sent_at }: Mirror): NonNullable<Received['mirrorEnd']> | null {
    const later = alerts
      .equal('refers', correlation_id)
      .flatMap((row) => heard(row).mirror ?? [])
      .filter((one) => one.sender === sender && one.sent_at > sent_at && one.correlation_id !== correlation_id)
    if (later.length === 0) return null
    return later.some(({ kind }) => kind === 'cancel') ? 'cancelled' : 'replaced'
  }

  function received(row: AlertRow): Received {
    const one = heard(row)
    if (one.mirror) return { ...plain(one), mirrorEnd: mirrorEnd(one.mirror) }
    const what = endableOf(one)
    if (!what) return plain(one)
    const cancellation = row.cancellations.find(({ cancelled_by, canceller_cert, cancelled_at }) =>
      mayEnd(cancelled_by, canceller_cert, what, known(), regions, Date.parse(cancelled_at)),
    )
    return { ...plain(one), cancellation: cancellation ?? null, replacedBy: one.alert && replacedBy(one.alert) }
  }

  function stateOf({ sealed }: Heard, all: Received): AlertState {
    const { alert, mirror, cancellation, replacedBy: next, mirrorEnd: later } = all
    if (cancellation || mirror?.kind === 'cancel' || later === 'cancelled') return 'cancelled'
    if (next || later === 'replaced') return 'replaced'
    const ends = alert?.expires_at ?? mirror?.expires_at ?? sealed?.expires_at ?? ''
    return now() >= Date.parse(ends) ? 'expired' : 'active'
  }

  return {
    roots: () => present().roots,
    certificates: known,
    person: () => present().person,
    heard,
    received,
    decision(row) {
      const all = received(row)
      if (all.alert || all.mirror) return judged(all)
      const roles = (heard(row).sealed?.roles ?? []).join(', ').slice(0, 400)
      return { delivery: 'hide', marks: [], reasons: [{ rule: 'roles', verdict: 'stop', code: 'sealed', detail: { roles } }] }
    },
    record(row) {
      const one = heard(row)
      const all = received(row)
      return {
        key: row.key,
        origin: one.mirror ? 'mirror' : one.sealed ? 'sealed' : one.path.length > 0 ? 'forwarded' : 'community',
        state: stateOf(one, all),
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
