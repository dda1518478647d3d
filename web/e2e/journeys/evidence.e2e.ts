import { readFile } from 'node:fs/promises'
import { expect, type Page } from '@playwright/test'
import { claimQuery } from '#protocol/evidence/capabilities.ts'
import { busOf } from '../support/bus.ts'
import { test } from '../support/fixtures.ts'
import { type ClaimText, found, invite, joinBy, publishClaim, turnClaimsOn, visit } from '../support/steps.ts'

test.use({ withoutServiceWorker: true })

const MEETING_POINT: ClaimText = {
  subject: 'Sammelplatz',
  predicate: 'liegt bei',
  object: 'Turnhalle der Grundschule',
  url: 'https://issum.example/notfall',
}

/** Opens the claim as a person does: out of the list. */
async function openClaim(page: Page, { object }: ClaimText): Promise<void> {
  await visit(page, '/claims')
  const list = page.getByRole('list', { name: 'Liste der Aussagen' })
  await list.getByRole('link').filter({ hasText: object }).click({ timeout: 60_000 })
  await expect(page.getByRole('region', { name: 'Wer bestätigt' })).toBeVisible()
}

/** The level stands as a word of its own in the part that says the claim. */
async function expectLevel(page: Page, { predicate }: ClaimText, word: string): Promise<void> {
  const said = page.getByRole('region', { name: predicate, exact: true })
  await expect(said.getByText(word, { exact: true })).toBeVisible({ timeout: 45_000 })
}

async function attest(page: Page, claim: ClaimText, reason: string): Promise<void> {
  await openClaim(page, claim)
  await page.getByRole('link', { name: 'Bestätigen' }).click()
  await page.getByRole('radio', { name: 'ist dafür zuständig' }).check()
  await page.getByLabel('Begründung').fill(reason)
  await page.getByRole('button', { name: 'Bestätigen' }).click()
  await expect(page.getByRole('region', { name: 'Wer bestätigt' })).toContainText(reason)
}

async function dispute(page: Page, claim: ClaimText, reason: string, instead: string): Promise<void> {
  await openClaim(page, claim)
  await page.getByRole('link', { name: 'Widersprechen' }).click()
  await page.getByLabel('Begründung').fill(reason)
  await page.getByRole('textbox', { name: 'Was stattdessen stimmt' }).fill(instead)
  await page.getByRole('button', { name: 'Widersprechen' }).click()
  await expect(page.getByRole('region', { name: 'Wer widerspricht' })).toContainText(reason)
}

/** Presses a button and, in the dialog that asks, the button with the same words. */
async function confirm(page: Page, words: string): Promise<void> {
  await page.getByRole('button', { name: words }).click()
  await page.getByRole('dialog').getByRole('button', { name: words }).click()
}

/** What this device makes of every claim: who reads it anywhere else must read the same (EVI-4). */
async function standings(page: Page): Promise<readonly string[]> {
  const { claims } = await busOf(page).call(claimQuery, { limit: 200 })
  return claims.map(({ claim_id, level, retracted }) => `${claim_id} ${level} ${retracted}`).sort()
}

test('A claim is made, attested, disputed and the dispute taken back: its level follows on both devices (EVI-3)', async ({
  box,
  device,
}) => {
  const [{ page: anna }, { page: bert }] = [await device('Anna'), await device('Bert')]
  await found(anna, box.url, 'Anna', 'Issum')
  await joinBy(bert, await invite(anna), 'Bert')
  for (const page of [anna, bert]) await turnClaimsOn(page)

  await publishClaim(anna, MEETING_POINT)
  await expectLevel(anna, MEETING_POINT, 'mit Quelle')
  await attest(bert, MEETING_POINT, 'Ich führe den Katastrophenschutzplan.')
  for (const page of [anna, bert]) await expectLevel(page, MEETING_POINT, 'bestätigt')

  await dispute(bert, MEETING_POINT, 'Die Halle ist bis Juli eine Baustelle.', 'Parkplatz am Rathaus')
  for (const page of [anna, bert]) await expectLevel(page, MEETING_POINT, 'bestritten')
  const advice = anna.getByRole('note').filter({ hasText: 'Hier wird Verschiedenes gesagt' })
  await expect(advice, 'Both stay, and nobody wins (EVI-7)').toContainText('Parkplatz am Rathaus')
  await expect(advice).toContainText(MEETING_POINT.object)

  await confirm(bert, 'Widerspruch zurücknehmen')
  for (const page of [anna, bert]) await expectLevel(page, MEETING_POINT, 'bestätigt')
  await expect(anna.getByRole('region', { name: 'Wer widerspricht' })).toContainText('hat das zurückgenommen')
})

test('Three people, one of them away in between, come to the same levels (EVI-4)', async ({ box, device }) => {
  test.setTimeout(180_000)
  const [{ page: anna }, { page: bert }, carlas] = [await device('Anna'), await device('Bert'), await device('Carla')]
  const well: ClaimText = { subject: 'Notbrunnen', predicate: 'steht', object: 'hinter der Kirche' }
  await found(anna, box.url, 'Anna', 'Issum')
  await joinBy(bert, await invite(anna), 'Bert')
  await joinBy(carlas.page, await invite(anna), 'Carla')
  for (const page of [anna, bert, carlas.page]) await turnClaimsOn(page)

  await carlas.page.close()
  await publishClaim(anna, MEETING_POINT)
  await attest(bert, MEETING_POINT, 'Ich führe den Katastrophenschutzplan.')
  await publishClaim(bert, well)
  await confirm(bert, 'Zurücknehmen')
  await openClaim(anna, well)
  await expectLevel(anna, well, 'bestritten')

  const carla = await carlas.context.newPage()
  await carla.goto(box.url)
  await dispute(carla, MEETING_POINT, 'Im Plan von 2025 steht etwas anderes.', 'Parkplatz am Rathaus')
  for (const page of [anna, bert]) {
    await openClaim(page, MEETING_POINT)
    await expectLevel(page, MEETING_POINT, 'bestritten')
  }
  await openClaim(carla, well)
  await expectLevel(carla, well, 'bestritten')

  const atCarla = await standings(carla)
  expect(atCarla.length).toBeGreaterThanOrEqual(3)
  await expect.poll(() => standings(anna)).toEqual(atCarla)
  await expect.poll(() => standings(bert)).toEqual(atCarla)
})

test('A proof is saved, checked with no network, and found out when one word in it is changed', async ({ box, device }) => {
  const { page: anna, context } = await device('Anna')
  await found(anna, box.url, 'Anna', 'Issum')
  await turnClaimsOn(anna)
  await publishClaim(anna, MEETING_POINT)

  const saving = anna.waitForEvent('download')
  await anna.getByRole('button', { name: 'Nachweis speichern' }).click()
  const text = await readFile(await (await saving).path(), 'utf8')
  await visit(anna, '/claims/check')
  await expect(anna.getByRole('button', { name: 'Datei wählen' })).toBeVisible()
  await context.setOffline(true)

  const check = (body: string) =>
    anna
      .locator('input[type=file]')
      .setInputFiles({ name: 'nachweis.json', mimeType: 'application/json', buffer: Buffer.from(body) })
  await check(text)
  await expect(anna.getByText('Alle Unterschriften stimmen')).toBeVisible()
  await expect(anna.getByRole('region', { name: 'Was stimmt' })).toContainText(MEETING_POINT.object)

  await check(text.replaceAll(MEETING_POINT.object, 'Parkplatz am Rathaus'))
  await expect(anna.getByText('Hier stimmt etwas nicht')).toBeVisible()
  await expect(anna.getByText('Keine Aussage in dieser Datei ist richtig unterschrieben.')).toBeVisible()
  await context.setOffline(false)
})

test('The examples are laid out and removed again, and nothing of them stays', async ({ box, device }) => {
  const { page: anna } = await device('Anna')
  await found(anna, box.url, 'Anna', 'Issum')
  await turnClaimsOn(anna)
  await anna.getByRole('button', { name: 'Beispiele laden' }).click()
  await expect(anna.getByRole('list', { name: 'Liste der Aussagen' }).getByRole('listitem').first()).toContainText('Beispiel')

  await visit(anna, '/claims/options')
  await anna.getByRole('button', { name: 'Beispiele entfernen' }).click()
  await expect(anna.getByRole('button', { name: 'Beispiele laden' })).toBeVisible()
  await visit(anna, '/claims')
  await expect(anna.getByText('Noch hat niemand etwas ausgesagt.')).toBeVisible()
})
