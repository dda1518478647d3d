import { expect, it, onTestFinished } from 'vitest'
import { alertCancel, alertGet, alertPublish, roleRegister } from '#protocol/civdef/capabilities.ts'
import { type Certificate, certIdOf } from '#protocol/civdef/certificate.ts'
import { forwardDeliver } from '#protocol/civdef/exchange-capabilities.ts'
import { rootSet } from '#protocol/civdef/place-capabilities.ts'
import { secondsTime } from '#protocol/civdef/terms.ts'
import { communityFound } from '#protocol/community/capabilities.ts'
import { federationList } from '#protocol/community/federation-capabilities.ts'
import { configSet } from '#protocol/config/capabilities.ts'
import type { Ulid } from '#protocol/core/ids.ts'
import { signRecord } from '#protocol/core/signing.ts'
import type { FederationGrant } from '#protocol/protocol/federation.ts'
import { agree } from '../../../testing/agree.ts'
import { createVillage, type Villager } from '../../../testing/village.ts'

const DAY = 86_400_000
const REGION = 'DE.NRW.Kleve.Issum'
const DELIVER: FederationGrant = { capability: forwardDeliver.name, calls_per_minute: 10 }

/** Anna and Bert in Issum, where Anna warns; Cora in Sevelen, who trusts the same root. */
async function scene(seed: number) {
  const village = createVillage(seed)
  const [anna, bert] = (await village.settle('Anna', 'Bert')) as [Villager, Villager]
  const cora = await village.arrive('Cora')
  await cora.node.bus.call(communityFound, { name: 'Sevelen' })
  onTestFinished(async () => {
    for (const { node } of [anna, bert, cora]) await node.stop()
  })
  for (const { node } of [anna, bert, cora]) {
    await node.bus.call(configSet, {
      civdef: { enabled: true, municipality: REGION },
      policy: { research: { enable: true } },
    })
  }
  for (const { node } of [anna, cora]) {
    await node.bus.call(rootSet, { root: anna.id, name: 'Kreis Kleve', region: 'DE.NRW.Kleve' })
  }
  const now = village.runtime.now()
  const content = {
    holder: anna.id,
    role: `${REGION}.Feuerwehr.Wehrleiter`,
    region: REGION,
    issuer: anna.id,
    issuer_chain: [],
    issued_at: secondsTime(now - DAY),
    expires_at: secondsTime(now + 90 * DAY),
    scopes: ['alert.publish' as const],
    title: 'Wehrleiterin Issum',
  }
  const certificate: Certificate = await signRecord(anna.signer, { ...content, cert_id: certIdOf(content) })
  await anna.node.bus.call(roleRegister, { certificate, chain: [] })

  async function warn(channels: readonly ('local' | 'federation')[]): Promise<Ulid> {
    const { alert_id } = await anna.node.bus.call(alertPublish, {
      draft: {
        severity: 'warning',
        language: 'de-DE',
        title: 'Hochwasser an der Issumer Fleuth',
        body: 'Der Pegel steigt.',
        instructions: [],
        variants: [],
        target: { region: REGION, roles: [], channels: [...channels] },
        expires_at: secondsTime(village.runtime.now() + DAY / 2),
        publisher_cert: certificate.cert_id,
        drill: false,
      },
    })
    return alert_id
  }
  const recordOf = async ({ node }: Villager, key: Ulid) => {
    try {
      return (await node.bus.call(alertGet, { key })).record
    } catch {
      return null
    }
  }
  const meet = () =>
    village.until('they meet', async () => (await cora.node.bus.call(federationList, {})).partners[0]?.connected === 2)
  return { village, anna, bert, cora, certificate, warn, recordOf, meet }
}

it('carries an alert and its end to a community that agreed to it, and none that was to stay (CIV-7, FDR-3)', async () => {
  const { village, anna, cora, certificate, warn, recordOf, meet } = await scene(61)
  const before = await warn(['local', 'federation'])
  const stays = await warn(['local'])
  await agree(anna, cora, [], [DELIVER])
  await meet()
  await village.until('what was there before arrives', async () => (await recordOf(cora, before)) !== null)
  const after = await warn(['local', 'federation'])
  await village.until('what comes later arrives', async () => (await recordOf(cora, after)) !== null)
  expect(await recordOf(cora, after)).toMatchObject({ origin: 'forwarded', state: 'active', path: [anna.id] })
  await anna.node.bus.call(alertCancel, {
    alert_id: after,
    cert_id: certificate.cert_id,
    reason: 'Pegel fällt',
    all_clear: true,
  })
  await village.until('its end arrives', async () => (await recordOf(cora, after))?.state === 'cancelled')
  expect(await recordOf(cora, stays)).toBeNull()
})

it('carries nothing where the other side did not agree to alerts (FDR-3)', async () => {
  const { village, anna, cora, warn, recordOf, meet } = await scene(62)
  await agree(anna, cora, [DELIVER], [{ capability: 'node.echo', calls_per_minute: 1 }])
  await meet()
  const key = await warn(['local', 'federation'])
  await village.runtime.advance(60_000)
  expect(await recordOf(cora, key)).toBeNull()
})
