import { type AlertContent, contentSha } from '#protocol/civdef/alert.ts'
import { type Certificate, certIdOf } from '#protocol/civdef/certificate.ts'
import { secondsTime } from '#protocol/civdef/terms.ts'
import { type Signer, signRecord } from '#protocol/core/signing.ts'
import type { People } from '../seeded.ts'
import { ulidOf } from '../seeded.ts'

/** Eight in the morning (UTC), 26 May 2026: when everything here happens. */
export const NOW = Date.UTC(2026, 4, 26, 8)
const DAY_MS = 86_400_000
/** A time so many days from then. */
export const days = (count: number): string => secondsTime(NOW + count * DAY_MS)
/** A time so many seconds from then. */
export const seconds = (count: number): string => secondsTime(NOW + count * 1000)

/** A record with any of its fields wrong on purpose: whether it is one is what the vector shows. */
type Change = Readonly<Record<string, unknown>>

export const REGION = 'DE.NRW.Kleve.Issum'
export const ALERT_ID = ulidOf('civdef alert')

/** A certificate, right but for what is changed, with its id and signed as it is. */
export async function certificateBy(signer: Signer, change: Change): Promise<Certificate> {
  const content = {
    issuer: signer.nodeId,
    issuer_chain: [],
    issued_at: days(-100),
    expires_at: days(265),
    scopes: ['alert.publish'],
    title: 'Ausweis',
    ...change,
  }
  // a vector may be wrong on purpose
  return (await signRecord(signer, { ...content, cert_id: certIdOf(content as never) })) as unknown as Certificate
}

/** Root (anna) → crisis staff of Kreis Kleve (bert) → fire service lead of Issum (carla) → platoon leader (dora). */
export async function brigade({ anna, bert, carla, dora }: People) {
  const staff = await certificateBy(anna, {
    holder: bert.nodeId,
    role: 'DE.NRW.Kleve.KatS.Stabsleiter',
    region: 'DE.NRW.Kleve',
    scopes: ['alert.publish', 'alert.cosign', 'role.issue'],
    title: 'Krisenstab Kreis Kleve',
  })
  const lead = await certificateBy(bert, {
    holder: carla.nodeId,
    role: `${REGION}.Feuerwehr.Wehrleiter`,
    region: REGION,
    issuer_chain: [staff.cert_id],
    scopes: ['alert.publish', 'role.issue'],
    title: 'Wehrleiterin Issum',
  })
  const platoon = await certificateBy(carla, {
    holder: dora.nodeId,
    role: `${REGION}.Feuerwehr.Zugfuehrer`,
    region: REGION,
    issuer_chain: [lead.cert_id, staff.cert_id],
    title: 'Zugführer Issum',
  })
  return { staff, lead, platoon, roots: [{ root: anna.nodeId, name: 'Land NRW', region: 'DE.NRW' }] }
}
export type BrigadeCerts = Awaited<ReturnType<typeof brigade>>

/** What an alert of the fire service lead says, unless a vector says otherwise. */
export function contentBy({ carla }: People, { lead }: BrigadeCerts, change: Change = {}): AlertContent {
  const content = {
    alert_id: ALERT_ID,
    severity: 'warning',
    language: 'de-DE',
    title: 'Hochwasser an der Issumer Fleuth',
    body: 'Der Pegel steigt.',
    instructions: ['Keller meiden'],
    variants: [],
    target: { region: REGION, roles: [], channels: ['local', 'push'] },
    expires_at: seconds(43_200),
    publisher: carla.nodeId,
    publisher_role: lead.role,
    publisher_cert: lead.cert_id,
    drill: false,
    ...change,
  }
  // a vector may be wrong on purpose
  return content as unknown as AlertContent
}

/** The content, signed by whoever is named. */
export const alertBy = <C extends object>(signer: Signer, content: C, change: Change = {}) =>
  signRecord(signer, { ...content, published_at: seconds(0), ...change })

/** A higher tier's word for a content. */
export const attestationBy = (signer: Signer, cosigner_cert: string, content: AlertContent, change: Change = {}) =>
  signRecord(signer, {
    content_sha: contentSha(content),
    cosigner: signer.nodeId,
    cosigner_cert,
    cosigned_at: seconds(0),
    ...change,
  })

export const revocationBy = (signer: Signer, cert_id: string, by_cert: string | null, change: Change = {}) =>
  signRecord(signer, {
    cert_id,
    revoked_by: signer.nodeId,
    by_cert,
    revoked_at: days(-1),
    reason: 'nicht mehr im Dienst',
    ...change,
  })

/** Content with another target. */
export const target = (change: object) => ({ target: { region: REGION, roles: [], channels: ['local'], ...change } })
