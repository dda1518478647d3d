import { expect, type Locator, type Page } from '@playwright/test'
import { test } from '../support/fixtures.ts'
import { found, invite, joinBy, publishClaim, seesDirectly, turnClaimsOn, visit } from '../support/steps.ts'

test.use({ withoutServiceWorker: true })

const memberRow = (page: Page, name: string): Locator =>
  page.getByRole('region', { name: 'Mitglieder' }).getByRole('listitem').filter({ hasText: name })

const excluded = (page: Page): Locator => memberRow(page, 'Carla').getByText('ausgeschlossen', { exact: true })

async function manage(page: Page, name: string): Promise<Locator> {
  await visit(page, '/community')
  await page.getByRole('button', { name: `Verwalten: ${name}` }).click()
  return page.getByRole('group', { name: `Was du für ${name} tun kannst` })
}

test('Anna makes Bert trusted; the two of them exclude Carla, whose claims stay (COM-4)', async ({ box, device }) => {
  const [{ page: anna }, { page: bert }, { page: carla }] = [await device('Anna'), await device('Bert'), await device('Carla')]
  await found(anna, box.url, 'Anna', 'Issum')
  await joinBy(bert, await invite(anna), 'Bert')
  await joinBy(carla, await invite(anna), 'Carla')
  await Promise.all([anna, bert, carla].map(turnClaimsOn))
  await publishClaim(carla, { subject: 'Brücke', predicate: 'ist', object: 'gesperrt' })
  await seesDirectly(bert, 'Carla')
  await seesDirectly(anna, 'Carla')
  for (const page of [anna, bert]) {
    await visit(page, '/claims')
    await expect(page.getByRole('list', { name: 'Liste der Aussagen' })).toContainText('gesperrt')
  }

  const aboutBert = await manage(anna, 'Bert')
  await aboutBert.getByRole('button', { name: 'Als vertraut einstufen' }).click()
  await expect(memberRow(anna, 'Bert')).toContainText('Vertraut')
  await visit(bert, '/community')
  await expect(bert.getByText('Du bist hier: vertraut')).toBeVisible()

  const aboutCarla = await manage(anna, 'Carla')
  await aboutCarla.getByRole('button', { name: 'Ausschließen' }).click()
  const dialog = anna.getByRole('dialog', { name: 'Carla ausschließen?' })
  await expect(dialog).toContainText('Es braucht 2 Unterschriften')
  await dialog.getByLabel('Grund').fill('Hat das Vertrauen missbraucht')
  await dialog.getByRole('button', { name: 'Ausschließen' }).click()
  await expect(anna.getByRole('region', { name: 'Offene Vorschläge' })).toContainText('1 von 2 Unterschriften')
  await expect(excluded(anna)).toBeHidden()

  const proposals = bert.getByRole('region', { name: 'Offene Vorschläge' })
  await expect(proposals).toContainText('Grund: Hat das Vertrauen missbraucht')
  await proposals.getByRole('button', { name: 'Mitunterschreiben' }).click()
  await bert.getByRole('dialog', { name: 'Carla ausschließen' }).getByRole('button', { name: 'Mitunterschreiben' }).click()

  for (const page of [anna, bert]) {
    await expect(excluded(page)).toBeVisible()
    await expect(page.getByRole('region', { name: 'Mitglieder' })).toContainText('2 Mitglieder')
  }
  await visit(carla, '/')
  await expect(carla.getByText('direkt verbunden')).toHaveCount(0, { timeout: 30_000 })

  for (const page of [anna, bert]) {
    await visit(page, '/claims')
    const claim = page.getByRole('list', { name: 'Liste der Aussagen' }).getByRole('listitem').filter({ hasText: 'gesperrt' })
    await expect(claim).toContainText('wurde ausgeschlossen')
  }
  await seesDirectly(anna, 'Bert')
})
