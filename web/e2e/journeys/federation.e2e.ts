import { expect, type Locator, type Page } from '@playwright/test'
import { alertPublish, roleList } from '#protocol/civdef/capabilities.ts'
import { ceremonyAccept, ceremonyIssue, ceremonyRequest } from '#protocol/civdef/desk-capabilities.ts'
import { rootSet } from '#protocol/civdef/place-capabilities.ts'
import { secondsTime } from '#protocol/civdef/terms.ts'
import { configSet } from '#protocol/config/capabilities.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { nodeStatus } from '#protocol/node/capabilities.ts'
import { busOf } from '../support/bus.ts'
import { test } from '../support/fixtures.ts'
import { found, visit } from '../support/steps.ts'

test.use({ withoutServiceWorker: true, actionTimeout: 30_000 })

const ISSUM = 'DE.NRW.Kleve.Issum'
const DAY = 86_400_000

const others = (page: Page): Locator => page.getByRole('region', { name: 'Andere Gemeinschaften' })
const agreements = (page: Page): Locator => others(page).getByRole('list', { name: 'Übereinkünfte' })

/** The text under the code on the screen. */
async function shown(page: Page): Promise<string> {
  await others(page).getByText('Ohne Kamera: als Text weitergeben').click()
  return (await others(page).getByRole('status', { name: 'Derselbe Inhalt als Text' }).textContent()) ?? ''
}

async function reads(page: Page, text: string): Promise<void> {
  await others(page).getByLabel('Oder den Text hier einfügen').fill(text)
  await others(page).getByRole('button', { name: 'Ansehen' }).click()
}

async function meAt(page: Page): Promise<NodeId> {
  const { identity } = await busOf(page).call(nodeStatus, {})
  if (!identity) throw new Error('somebody')
  return identity.node_id
}

/** Anna's device is the root of the Land and the head of its own fire service; Cora's trusts the same root. */
async function alertsOn(anna: Page, cora: Page): Promise<void> {
  const root = await meAt(anna)
  for (const page of [anna, cora]) {
    const bus = busOf(page)
    await bus.call(configSet, { civdef: { enabled: true, municipality: ISSUM }, policy: { research: { enable: true } } })
    await bus.call(rootSet, { root, name: 'Land, zur Probe', region: 'DE.NRW' })
  }
  const bus = busOf(anna)
  const scopes = ['alert.publish' as const]
  const asked = { role: `${ISSUM}.Feuerwehr.Wehrleiter`, region: ISSUM, title: 'Wehrleitung Issum', scopes }
  const { text } = await bus.call(ceremonyRequest, asked)
  const issued = await bus.call(ceremonyIssue, {
    text,
    under: null,
    scopes,
    expires_at: secondsTime(Date.now() + 30 * DAY),
  })
  await bus.call(ceremonyAccept, { text: issued.text })
}

async function warn(page: Page, title: string): Promise<void> {
  const bus = busOf(page)
  const { certificates } = await bus.call(roleList, { holder: await meAt(page), limit: 1 })
  const [own] = certificates
  if (!own) throw new Error('a certificate')
  await bus.call(alertPublish, {
    draft: {
      severity: 'warning',
      language: 'de-DE',
      title,
      body: 'Der Pegel steigt.',
      instructions: [],
      variants: [],
      target: { region: ISSUM, roles: [], channels: ['local', 'federation'] },
      expires_at: secondsTime(Date.now() + DAY / 2),
      publisher_cert: own.certificate.cert_id,
      drill: false,
    },
  })
}

test('Issum and Sevelen agree by three codes, hear of each other and pass on an alert, until Anna ends it (FDR-1, FDR-5, FDR-6)', async ({
  box,
  device,
}) => {
  test.setTimeout(180_000)
  const [{ page: anna }, { page: cora }] = [await device('Anna'), await device('Cora')]
  await found(anna, box.url, 'Anna', 'Issum')
  await found(cora, box.url, 'Cora', 'Sevelen')
  await alertsOn(anna, cora)
  for (const page of [anna, cora]) await visit(page, '/community')

  const offer = await test.step('Anna offers to hear what runs in Sevelen, and no alerts', async () => {
    await others(anna).getByRole('button', { name: 'Übereinkunft anbieten' }).click()
    await others(anna)
      .getByRole('checkbox', { name: /Warnungen/ })
      .uncheck()
    await others(anna).getByRole('button', { name: 'Angebot erstellen' }).click()
    // a look at another page costs nobody the code
    await expect(others(anna)).toContainText('Schritt 1 von 3')
    await visit(anna, '/settings')
    await expect(anna.getByRole('heading', { level: 1, name: 'Einstellungen' })).toBeVisible()
    await visit(anna, '/community')
    await expect(others(anna)).toContainText('Schritt 1 von 3')
    return shown(anna)
  })

  const answer = await test.step('Cora sees what it is, and signs', async () => {
    await others(cora).getByRole('button', { name: 'Code einlesen' }).click()
    await reads(cora, 'irgendein Text')
    await expect(others(cora).getByRole('alert')).toContainText('kein Code einer anderen Gemeinschaft')
    await reads(cora, offer)
    await expect(others(cora)).toContainText('Von Issum')
    await expect(others(cora)).toContainText('Das ist ein Angebot')
    await others(cora).getByRole('button', { name: 'Annehmen und unterschreiben' }).click()
    return shown(cora)
  })

  const agreement = await test.step('Anna signs the answer; Cora keeps what both have signed', async () => {
    await others(anna).getByRole('button', { name: 'Code der anderen Seite einlesen' }).click()
    await reads(anna, answer)
    await others(anna).getByRole('button', { name: 'Unterschreiben' }).click()
    const whole = await shown(anna)
    await others(cora).getByRole('button', { name: 'Code der anderen Seite einlesen' }).click()
    await reads(cora, whole)
    await others(cora).getByRole('button', { name: 'Eintragen' }).click()
    await expect(others(cora)).toContainText('Die Übereinkunft ist eingetragen.')
    return whole
  })

  await test.step('Their devices meet, and each hears what the other runs', async () => {
    for (const page of [anna, cora]) await expect(agreements(page)).toContainText('1 Gerät verbunden', { timeout: 60_000 })
    const granted = agreements(cora).getByText('Wir dürfen bei Issum')
    await expect(granted).toBeVisible()
    await visit(cora, '/about/programs')
    await expect(cora.getByRole('heading', { name: 'HearthNet in the browser' })).toBeVisible({ timeout: 30_000 })
  })

  await test.step('An alert of Issum reaches Sevelen', async () => {
    await warn(anna, 'Hochwasser an der Issumer Fleuth')
    await visit(cora, '/alerts')
    await expect(cora.getByRole('main').getByText('Hochwasser an der Issumer Fleuth').first()).toBeVisible({ timeout: 30_000 })
  })

  await test.step('Anna ends it: nothing passes any more, and the old code brings it back nowhere', async () => {
    await others(anna).getByRole('button', { name: 'Beenden' }).click()
    await anna
      .getByRole('dialog', { name: 'Übereinkunft mit Sevelen beenden?' })
      .getByRole('button', { name: 'Beenden' })
      .click()
    await expect(others(anna)).toContainText('Es gibt noch keine Übereinkunft')
    await visit(cora, '/community')
    await expect(agreements(cora)).toContainText('gerade nicht verbunden', { timeout: 30_000 })
    await warn(anna, 'Straße nach Sevelen gesperrt')
    await others(anna).getByRole('button', { name: 'Code einlesen' }).click()
    await reads(anna, agreement)
    await others(anna).getByRole('button', { name: 'Eintragen' }).click()
    await expect(others(anna).getByRole('alert')).toContainText('beendet oder abgelaufen')
    await visit(cora, '/alerts')
    await expect(cora.getByRole('main').getByText('Hochwasser an der Issumer Fleuth').first()).toBeVisible()
    await expect(cora.getByText('Straße nach Sevelen gesperrt')).toHaveCount(0)
  })
})
