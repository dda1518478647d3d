import type { Ack, Alert, Cancellation, SealedAlert } from '#protocol/civdef/alert.ts'
import type { Certificate, Revocation } from '#protocol/civdef/certificate.ts'
import {
  alertAcked,
  alertCancelled,
  alertForwarded,
  alertPublished,
  roleRegistered,
  roleRevoked,
  rootChanged,
} from '#protocol/civdef/events.ts'
import type { Mirror } from '#protocol/civdef/mirror.ts'
import type { ContentId, NodeId } from '#protocol/core/ids.ts'
import type { EventData, EventDefinition } from '#protocol/core/module.ts'
import type { VerifiedEvent } from '../../kernel/log/verify.ts'
import { defineView, type Part } from '../../kernel/views.ts'

/** What an event carries: the log checked it against this very definition when it arrived. */
const dataOf = <E extends EventDefinition>(_type: E, { event }: VerifiedEvent): EventData<E> => event.data as EventData<E>

const is = (type: EventDefinition, { event }: VerifiedEvent): boolean => event.event_type === type.type

type CertificateItem =
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  | { readonly kind: 'revocation'; readonly revocation: Revocation }

function certificatesIn(event: VerifiedEvent): readonly Certificate[] {
  if (is(alertForwarded, event)) return dataOf(alertForwarded, event).certificates
  const { certificate, chain } = dataOf(roleRegistered, event)
  return [certificate, ...chain]
}

export interface CertificateRow {
  readonly certificate: Certificate
  readonly cid: ContentId
  readonly revocations: readonly Revocation[]
}

/**
 * Certificates by id, with everything somebody signed to take them back (CIV-1, CIV-2), also those that came with an alert of
 * another community. Who may is judged when it is used.
 */
export const certificatesView = defineView<CertificateItem, CertificateRow>({
  id: 'civdef.certificates',
  version: 2,
  events: [roleRegistered, roleRevoked, alertForwarded],
  map(event) {
    if (is(roleRevoked, event)) {
      const { revocation } = dataOf(roleRevoked, event)
      return [{ entity: revocation.cert_id, item: { kind: 'revocation', revocation } }]
    }
    const distinct = new Map(certificatesIn(event).map((one) => [one.cert_id, one]))
    return [...distinct].map(([entity, one]) => ({ entity, item: { kind: 'certificate', certificate: one } }))
  },
  fold(_entity, parts) {
    let first: { readonly certificate: Certificate; readonly cid: ContentId } | null = null
    const revocations: Revocation[] = []
    for (const { cid, item } of parts) {
      if (item.kind === 'revocation') revocations.push(item.revocation)
      else first ??= { certificate: item.certificate, cid }
    }
    return first && { ...first, revocations }
  },
  indexes: { holder: ({ certificate }) => [certificate.holder], issuer: ({ certificate }) => [certificate.issuer] },
})

export interface RootWord {
  readonly by: NodeId
  readonly root: NodeId
  /** Null takes it away. */
  readonly name: string | null
  readonly region: string
}

/** What members said of trust roots, in replay order; whose word counts is read from the member list (CIV-1). */
export const rootsView = defineView<RootWord, readonly RootWord[]>({
  id: 'civdef.roots',
  version: 1,
  events: [rootChanged],
  map(event) {
    const { root, name, region } = dataOf(rootChanged, event)
    return [{ entity: root, item: { by: event.event.author, root, name, region } }]
  },
  fold: (_entity, parts) => parts.map(({ item }) => item),
  indexes: {},
})

export interface Heard {
  readonly cid: ContentId
  readonly author: NodeId
  readonly lamport: number
  readonly alert: Alert | null
  readonly mirror: Mirror | null
  /** As it travels; who it is for has the alert beside it where it is read (CIV-6). */
  readonly sealed: SealedAlert | null
  /** Communities it passed; empty for this community's own. */
  readonly path: readonly NodeId[]
}

type AlertItem =
  | { readonly kind: 'heard'; readonly heard: Omit<Heard, 'cid' | 'lamport'>; readonly end: Cancellation | null }
  | { readonly kind: 'cancellation'; readonly cancellation: Cancellation }

export interface AlertRow {
  /** ULID of the alert, or `mirror:` and the warning's identifier. */
  readonly key: string
  /** In replay order. Two that share an id are both kept; which one is believed is judged when it is read. */
  readonly heard: readonly Heard[]
  readonly cancellations: readonly Cancellation[]
}

const mirrorKey = (mirror: Mirror): string => `mirror:${mirror.correlation_id}`

function heardIn(event: VerifiedEvent): Part<AlertItem>[] {
  const author = event.event.author
  if (is(alertPublished, event)) {
    const { alert = null, sealed = null } = dataOf(alertPublished, event)
    const entity = alert?.alert_id ?? sealed?.alert_id
    if (entity === undefined) return []
    return [{ entity, item: { kind: 'heard', heard: { author, alert, mirror: null, sealed, path: [] }, end: null } }]
  }
  const { alert = null, mirror = null, path, cancellation: end = null } = dataOf(alertForwarded, event)
  const entity = alert?.alert_id ?? (mirror && mirrorKey(mirror))
  return entity === null ? [] : [{ entity, item: { kind: 'heard', heard: { author, alert, mirror, sealed: null, path }, end } }]
}

/** Alerts and mirrored warnings, with what ends them (CIV-8). */
export const alertsView = defineView<AlertItem, AlertRow>({
  id: 'civdef.alerts',
  version: 3,
  events: [alertPublished, alertForwarded, alertCancelled],
  map(event) {
    if (!is(alertCancelled, event)) return heardIn(event)
    const { cancellation } = dataOf(alertCancelled, event)
    return [{ entity: cancellation.alert_id, item: { kind: 'cancellation', cancellation } }]
  },
  fold(key, parts) {
    const heard: Heard[] = []
    const cancellations: Cancellation[] = []
    for (const { cid, lamport, item } of parts) {
      if (item.kind === 'heard') heard.push({ ...item.heard, cid, lamport })
      const end = item.kind === 'heard' ? item.end : item.cancellation
      if (end) cancellations.push(end)
    }
    return heard.length > 0 ? { key, heard, cancellations } : null
  },
  indexes: {
    replaces: ({ heard }) => [...new Set(heard.flatMap(({ alert }) => alert?.replaces ?? []))],
    refers: ({ heard }) => [...new Set(heard.flatMap(({ mirror }) => mirror?.references ?? []))],
  },
})

export interface HeardAck {
  readonly ack: Ack
  readonly cid: ContentId
}

/** Acks by alert, in replay order (CIV-11). */
export const acksView = defineView<Ack, readonly HeardAck[]>({
  id: 'civdef.acks',
  version: 1,
  events: [alertAcked],
  map(event) {
    const { ack } = dataOf(alertAcked, event)
    return [{ entity: ack.alert_id, item: ack }]
  },
  fold: (_entity, parts) => parts.map(({ cid, item }) => ({ ack: item, cid })),
  indexes: {},
})
