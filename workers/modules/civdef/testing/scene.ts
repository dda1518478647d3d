import { alertGet, type alertPublish, roleList, roleRegister } from '#protocol/civdef/capabilities.ts'
import { type Certificate, certIdOf } from '#protocol/civdef/certificate.ts'
import { walletGet } from '#protocol/civdef/desk-capabilities.ts'
import { rootSet } from '#protocol/civdef/place-capabilities.ts'
import { secondsTime } from '#protocol/civdef/terms.ts'
import { configSet } from '#protocol/config/capabilities.ts'
import type { Input } from '#protocol/core/capability.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { createVillage, type Village, type Villager } from '../../../testing/village.ts'

export const DAY = 86_400_000

export type Draft = Input<typeof alertPublish>['draft']
type Issued = Pick<Certificate, 'holder' | 'role' | 'region' | 'scopes' | 'title'> & Partial<Certificate>

export interface Scene {
  readonly village: Village
  readonly kreis: Villager
  readonly wehr: Villager
  readonly issum: Villager
  readonly geldern: Villager
  readonly everyone: readonly Villager[]
  readonly wehrCert: Certificate
  readonly kreisCert: Certificate
  draft(change?: Partial<Draft>): Draft
  /** By the Kreis, which is the root. */
  issue(content: Issued): Promise<Certificate>
  /** Makes it known, and waits until everybody knows it. */
  register(certificate: Certificate): Promise<void>
  /** Waits until somebody holds an alert. */
  knows(who: Villager, key: string): Promise<void>
}

/** Kreis Kleve is the root and its crisis staff; the fire service of Issum, a resident there, and one in Geldern. */
export async function settledScene(
  seed: number,
  others: readonly string[] = [],
  modules?: Parameters<typeof createVillage>[1],
  aheadMs?: Parameters<typeof createVillage>[2],
): Promise<Scene> {
  const village = createVillage(seed, modules, aheadMs)
  const everyone = await village.settle('Kreis', 'Wehr', 'Issum', 'Geldern', ...others)
  const [kreis, wehr, issum, geldern] = everyone
  if (!kreis || !wehr || !issum || !geldern) throw new TypeError('four villagers')
  for (const { node } of everyone) await node.bus.call(configSet, { civdef: { enabled: true } })
  for (const { node } of everyone.filter((who) => who !== geldern)) {
    await node.bus.call(configSet, { civdef: { municipality: 'DE.NRW.Kleve.Issum' } })
  }
  await geldern.node.bus.call(configSet, { civdef: { municipality: 'DE.NRW.Kleve.Geldern' } })
  await kreis.node.bus.call(rootSet, { root: kreis.id, name: 'Kreis Kleve', region: 'DE.NRW.Kleve' })

  const issue: Scene['issue'] = async (content) => {
    const now = village.runtime.now()
    const full = {
      issuer: kreis.id,
      issuer_chain: [],
      issued_at: secondsTime(now - DAY),
      expires_at: secondsTime(now + 90 * DAY),
      ...content,
    }
    return signRecord(kreis.signer, { ...full, cert_id: certIdOf(full) })
  }
  const register: Scene['register'] = async (certificate) => {
    await kreis.node.bus.call(roleRegister, { certificate, chain: [] })
    for (const who of everyone) {
      await village.until(`${who.name} knows the certificate`, async () => {
        const { certificates } = await who.node.bus.call(roleList, { limit: 500 })
        return certificates.some((one) => one.certificate.cert_id === certificate.cert_id && one.state !== 'unrecognised')
      })
    }
  }
  const { box_key } = await wehr.node.bus.call(walletGet, {})
  const wehrCert = await issue({
    holder: wehr.id,
    role: 'DE.NRW.Kleve.Issum.Feuerwehr.Wehrleiter',
    region: 'DE.NRW.Kleve.Issum',
    scopes: ['alert.publish'],
    title: 'Wehrleiterin Issum',
    ...(box_key ? { box_key } : {}),
  })
  const kreisCert = await issue({
    holder: kreis.id,
    role: 'DE.NRW.Kleve.KatS.Stabsleiter',
    region: 'DE.NRW.Kleve',
    scopes: ['alert.publish', 'alert.cosign', 'role.issue'],
    title: 'Krisenstab Kreis Kleve',
  })
  for (const certificate of [wehrCert, kreisCert]) await register(certificate)
  return {
    ...{ village, kreis, wehr, issum, geldern, everyone, wehrCert, kreisCert, issue, register },
    draft: (change = {}) => ({
      severity: 'warning',
      language: 'de-DE',
      title: 'Hochwasser an der Issumer Fleuth',
      body: 'Der Pegel steigt.',
      instructions: ['Keller meiden'],
      variants: [],
      target: { region: 'DE.NRW.Kleve.Issum', roles: [], channels: ['local', 'push'] },
      expires_at: secondsTime(village.runtime.now() + DAY / 2),
      publisher_cert: wehrCert.cert_id,
      drill: false,
      ...change,
    }),
    knows: (who, key) =>
      village.until(`${who.name} has ${key}`, () =>
        who.node.bus.call(alertGet, { key }).then(
          () => true,
          () => false,
        ),
      ),
  }
}
