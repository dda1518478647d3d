import type { Alert, AlertContent } from '#protocol/civdef/alert.ts'
import { contentSha } from '#protocol/civdef/alert.ts'
import { type Certificate, certIdOf, type Revocation } from '#protocol/civdef/certificate.ts'
import { type CertId, secondsTime } from '#protocol/civdef/terms.ts'
import type { Ulid } from '#protocol/core/ids.ts'
import { type Signer, signRecord } from '#protocol/core/signing.ts'
import { testSigner } from '../../../testing/test-identity.ts'
import type { Certificates, Root } from '../role.ts'

/** 2026-05-26, 08:00 UTC. */
export const NOW = Date.UTC(2026, 4, 26, 8)
export const DAY = 86_400_000
export const at = (days: number): string => secondsTime(NOW + days * DAY)

export interface Brigade {
  readonly land: Signer
  readonly kreis: Signer
  readonly wehr: Signer
  readonly zug: Signer
  readonly stranger: Signer
  readonly kreisCert: Certificate
  readonly wehrCert: Certificate
  readonly zugCert: Certificate
  readonly roots: readonly Root[]
  certificate(by: Signer, change: Partial<Certificate> & Pick<Certificate, 'holder' | 'role' | 'region'>): Promise<Certificate>
  revoke(by: Signer, cert: CertId, by_cert: CertId | null): Promise<Revocation>
  /** By the Wehrleiter of Issum unless said otherwise. */
  alert(change?: Partial<AlertContent>, signer?: Signer, published?: number): Promise<Alert>
  /** With the co-signature of the Kreis. */
  cosigned(change?: Partial<AlertContent>, by?: { readonly signer: Signer; readonly cert: CertId }): Promise<Alert>
}

/** Root Land NRW → crisis staff of Kreis Kleve → fire service of Issum. */
export async function createBrigade(seed = 9000): Promise<Brigade> {
  const [land, kreis, wehr, zug, stranger] = await Promise.all(
    ([0, 1, 2, 3, 4] as const).map((offset) => testSigner(seed + offset)),
  )
  if (!land || !kreis || !wehr || !zug || !stranger) throw new TypeError('five signers')

  const certificate: Brigade['certificate'] = async (by, change) => {
    const content = {
      issuer: by.nodeId,
      issuer_chain: [],
      issued_at: at(-100),
      expires_at: at(265),
      scopes: ['alert.publish' as const],
      title: 'Ausweis',
      ...change,
    }
    return signRecord(by, { ...content, cert_id: certIdOf(content) })
  }
  const kreisCert = await certificate(land, {
    holder: kreis.nodeId,
    role: 'DE.NRW.Kleve.KatS.Stabsleiter',
    region: 'DE.NRW.Kleve',
    scopes: ['alert.publish', 'alert.cosign', 'role.issue'],
    title: 'Krisenstab Kreis Kleve',
  })
  const wehrCert = await certificate(kreis, {
    holder: wehr.nodeId,
    role: 'DE.NRW.Kleve.Issum.Feuerwehr.Wehrleiter',
    region: 'DE.NRW.Kleve.Issum',
    issuer_chain: [kreisCert.cert_id],
    scopes: ['alert.publish', 'role.issue'],
    title: 'Wehrleiterin Issum',
  })
  const zugCert = await certificate(wehr, {
    holder: zug.nodeId,
    role: 'DE.NRW.Kleve.Issum.Feuerwehr.Zugfuehrer',
    region: 'DE.NRW.Kleve.Issum',
    issuer_chain: [wehrCert.cert_id, kreisCert.cert_id],
    title: 'Zugführer Issum',
  })

  const content = (change: Partial<AlertContent>): AlertContent => ({
    alert_id: '01KSXB3Q000000000000000000' as Ulid,
    severity: 'warning',
    language: 'de-DE',
    title: 'Hochwasser an der Issumer Fleuth',
    body: 'Der Pegel steigt.',
    instructions: ['Keller meiden'],
    variants: [],
    target: { region: 'DE.NRW.Kleve.Issum', roles: [], channels: ['local', 'push'] },
    expires_at: secondsTime(NOW + DAY / 2),
    publisher: wehr.nodeId,
    publisher_role: wehrCert.role,
    publisher_cert: wehrCert.cert_id,
    drill: false,
    ...change,
  })

  return {
    land,
    kreis,
    wehr,
    zug,
    stranger,
    kreisCert,
    wehrCert,
    zugCert,
    roots: [{ root: land.nodeId, name: 'Land NRW', region: 'DE.NRW' }],
    certificate,
    revoke: (by, cert_id, by_cert) =>
      signRecord(by, { cert_id, revoked_by: by.nodeId, by_cert, revoked_at: at(0), reason: 'nicht mehr im Dienst' }),
    alert: (change = {}, signer = wehr, published = NOW) =>
      signRecord(signer, { ...content(change), published_at: secondsTime(published) }),
    async cosigned(change = {}, by = { signer: kreis, cert: kreisCert.cert_id }) {
      const said = content(change)
      const issuer_attestation = await signRecord(by.signer, {
        content_sha: contentSha(said),
        cosigner: by.signer.nodeId,
        cosigner_cert: by.cert,
        cosigned_at: secondsTime(NOW),
      })
      return signRecord(wehr, { ...said, published_at: secondsTime(NOW), issuer_attestation })
    },
  }
}

/** What a device knows that has these. */
export const knowing = (
  roots: readonly Root[],
  certificates: readonly Certificate[],
  revocations: readonly Revocation[] = [],
): Certificates => ({
  roots,
  find: (id) => certificates.find(({ cert_id }) => cert_id === id) ?? null,
  revocations: (id) => revocations.filter(({ cert_id }) => cert_id === id),
})
