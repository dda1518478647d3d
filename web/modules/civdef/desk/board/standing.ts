import type { Alert } from '#protocol/civdef/alert.ts'
import type { AckRecord, CertificateRecord } from '#protocol/civdef/records.ts'
import { type AckStatus, within } from '#protocol/civdef/terms.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { kindOfRole, mayPublish } from '../shared/role-kinds.ts'

/** Who needs help stands first, then who acts; the rest can wait. */
export const STATUS_ORDER = [
  'need_help',
  'acting',
  'received',
  'standing_down',
  'mistaken',
] as const satisfies readonly AckStatus[]

/** Acks by what they say, the newest first within each. */
export const byNeed = (acks: readonly AckRecord[]): readonly AckRecord[] =>
  [...acks].sort(
    (a, b) =>
      STATUS_ORDER.indexOf(a.ack.status) - STATUS_ORDER.indexOf(b.ack.status) || (a.ack.acked_at < b.ack.acked_at ? 1 : -1),
  )

/** Certificates under which this person may end an alert (CIV-10); the node decides, this spares asking in vain. */
export function mayEndUnder(own: readonly CertificateRecord[], alert: Alert, me: NodeId | null): readonly CertificateRecord[] {
  const tier = kindOfRole(alert.publisher_role)?.tier
  return own.filter((record) => {
    if (!mayPublish(record)) return false
    if (alert.publisher === me) return true
    const above = kindOfRole(record.certificate.role)?.tier
    return tier !== undefined && above !== undefined && above >= tier && within(alert.target.region, record.certificate.region)
  })
}
