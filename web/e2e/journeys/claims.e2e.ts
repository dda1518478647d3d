import { expect, type Page } from '@playwright/test'
import { test } from '../support/fixtures.ts'
import { found, invite, joinBy, publishClaim, seesDirectly, visit } from '../support/steps.ts'

test.use({ withoutServiceWorker: true })

const CLAIM = {
  subject: 'Sammelplatz Grundschule',
  predicate: 'liegt bei',
  object: 'Schulhof, hinter der Turnhalle',
  url: 'https://issum.example/notfall',
}

/** A switch turns when the node has done it, not when it is clicked. */
async function turn(page: Page, name: string, on: boolean): Promise<void> {
  // its words lie over it: whoever taps them taps it
  await page.getByRole('switch', { name }).click({ force: true })
  await expect(page.getByRole('switch', { name })).toBeChecked({ checked: on })
}

async function switchOnInSettings(page: Page): Promise<void> {
  await visit(page, '/settings')
  await turn(page, 'Erprobung einschalten', true)
  await turn(page, 'Belege', true)
}

test('What Anna claims, Bert reads at once: who said it, on what basis, and that the signature holds', async ({
  box,
  device,
}) => {
  const [{ page: anna }, { page: bert }] = [await device('Anna'), await device('Bert')]
  await found(anna, box.url, 'Anna', 'Issum')
  await joinBy(bert, await invite(anna), 'Bert')
  await seesDirectly(bert, 'Anna')
  await switchOnInSettings(anna)
  await switchOnInSettings(bert)

  await visit(bert, '/claims')
  await expect(bert.getByText('Noch hat niemand etwas ausgesagt.')).toBeVisible()
  await publishClaim(anna, CLAIM)
  await publishClaim(anna, { subject: 'Apotheke am Markt', predicate: 'ist geöffnet', object: 'samstags bis 13 Uhr' })

  const list = bert.getByRole('list', { name: 'Liste der Aussagen' })
  const item = list.getByRole('listitem').filter({ hasText: CLAIM.subject })
  await expect(item).toContainText(CLAIM.object)
  await expect(item).toContainText('Anna')
  await expect(item).toContainText('1 Quelle')
  await expect(list.getByRole('listitem')).toHaveCount(2)

  await bert.getByLabel('Worum geht es? Tippe den Anfang').pressSequentially('apoth')
  await expect(list.getByRole('listitem')).toHaveCount(1)
  await expect(list).toContainText('Apotheke am Markt')
  await bert.getByLabel('Worum geht es? Tippe den Anfang').fill('Bahnhof')
  await expect(bert.getByText('Dazu gibt es keine Aussage.')).toBeVisible()
  await bert.getByRole('button', { name: 'Suche zurücksetzen' }).click()

  await item.getByRole('link').click()
  await expect(bert.getByRole('heading', { name: CLAIM.subject })).toBeVisible()
  await expect(bert.getByText('geprüft, sie stimmt')).toBeVisible()
  await expect(bert.getByText('mit Quelle', { exact: true })).toBeVisible()
  await expect(bert.getByRole('region', { name: 'Quellen' })).toContainText(CLAIM.url)

  await visit(anna, '/settings')
  await turn(anna, 'Belege', false)
  await visit(anna, '/claims')
  await expect(anna.getByText('Dieser Bereich ist in Erprobung.')).toBeVisible()
  await anna.getByRole('button', { name: 'Einschalten' }).click()
  await expect(anna.getByRole('list', { name: 'Liste der Aussagen' })).toContainText(CLAIM.subject)
})
