import { readFile } from 'node:fs/promises'
import { expect, type Page } from '@playwright/test'
import { matches } from '#protocol/core/schema.ts'
import { RecoveryFileSchema } from '#protocol/node/capabilities.ts'
import { test } from '../support/fixtures.ts'
import { found, invite, publishClaim, shortId, turnClaimsOn, visit } from '../support/steps.ts'

test.use({ withoutServiceWorker: true })

const PASSPHRASE = 'korrekt Pferd Batterie Heftklammer'

/** Everything in the node's database, as far as a script in the page can read it. */
const readDatabase = async () => {
  const [{ name = '' } = {}] = (await indexedDB.databases()).filter(({ name = '' }) => name.startsWith('hearthnet'))
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open(name)
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error)
  })
  const table = database.transaction('meta').objectStore('meta')
  const identity = await new Promise<Record<string, unknown>>((resolve, reject) => {
    const reading = table.get('identity')
    reading.onsuccess = () => resolve(reading.result)
    reading.onerror = () => reject(reading.error)
  })
  database.close()
  const { privateKey } = identity
  return {
    fields: Object.keys(identity).sort(),
    extractable: privateKey instanceof CryptoKey ? privateKey.extractable : null,
  }
}

/** @returns what the file says; the browser throws the file itself away with its window */
async function saveRecoveryFile(page: Page): Promise<string> {
  await page.getByLabel('Passwort für die Datei').fill(PASSPHRASE)
  await page.getByLabel('Passwort noch einmal').fill(PASSPHRASE)
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Datei herunterladen' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toBe('hearthnet-ada.json')
  return readFile(await download.path(), 'utf8')
}

async function restore(page: Page, file: string, passphrase: string): Promise<void> {
  await page.getByRole('button', { name: 'Sicherungsdatei nutzen' }).click()
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Datei wählen' }).click()
  await (await choosing).setFiles({ name: 'hearthnet-ada.json', mimeType: 'application/json', buffer: Buffer.from(file) })
  await expect(page.getByText('Sicherungsdatei von Ada')).toBeVisible()
  await page.getByLabel('Passwort der Datei').fill(passphrase)
  await page.getByRole('button', { name: 'Wiederherstellen' }).click()
}

test('A recovery file brings a person back on another device, and only with its passphrase (ID-5)', async ({ box, device }) => {
  const ada = await device('Ada')
  await ada.page.goto(box.url)
  await ada.page.getByLabel('Dein Name').fill('Ada')
  await ada.page.getByRole('button', { name: 'Los geht’s' }).click()
  const text = await saveRecoveryFile(ada.page)
  const file: unknown = JSON.parse(text)
  expect(matches(RecoveryFileSchema, file)).toBe(true)
  expect(text).not.toMatch(/seed|privateKey|private_key|pkcs8|"d":/i)
  expect(await ada.page.evaluate(readDatabase)).toMatchObject({
    extractable: false,
    fields: expect.arrayContaining(['wrappedSeed']),
  })

  await ada.page.getByLabel('Ich habe die Datei gefunden').check()
  await ada.page.getByRole('button', { name: 'Fertig' }).click()
  await expect(ada.page.getByRole('heading', { name: 'Deine Gemeinschaft' })).toBeVisible()
  const settled = await ada.page.evaluate(readDatabase)
  expect(settled.extractable).toBe(false)
  expect(settled.fields).not.toContain('wrappedSeed')
  const id = await shortId(ada.page)

  const tablet = await device('Ada’s tablet')
  await tablet.page.goto(box.url)
  await restore(tablet.page, text, 'falsch geraten')
  await expect(tablet.page.getByText('Das Passwort passt nicht zu dieser Datei.')).toBeVisible()
  await tablet.page.getByLabel('Passwort der Datei').fill(PASSPHRASE)
  await tablet.page.getByRole('button', { name: 'Wiederherstellen' }).click()
  await expect(tablet.page.getByText('Dieses Gerät gehört Ada.')).toBeVisible()
  expect(await shortId(tablet.page)).toBe(id)
  expect((await tablet.page.evaluate(readDatabase)).fields).not.toContain('wrappedSeed')
})

test('Who comes back from a recovery file is the same member again, with all that was said', async ({ box, device }) => {
  const ada = await device('Ada')
  await found(ada.page, box.url, 'Ada', 'Issum')
  await turnClaimsOn(ada.page)
  const link = await invite(ada.page)

  const ben = await device('Ben')
  await ben.page.goto(link)
  await ben.page.getByRole('button', { name: 'Namen geben und weiter' }).click()
  await ben.page.getByLabel('Dein Name').fill('Ada')
  await ben.page.getByRole('button', { name: 'Los geht’s' }).click()
  const text = await saveRecoveryFile(ben.page)
  await ben.page.getByLabel('Ich habe die Datei gefunden').check()
  await ben.page.getByRole('button', { name: 'Fertig' }).click()
  await ben.page.getByRole('button', { name: 'Beitreten' }).click()
  await expect(ben.page.getByRole('navigation', { name: 'Bereiche' })).toBeVisible({ timeout: 60_000 })
  await turnClaimsOn(ben.page)
  await publishClaim(ben.page, { subject: 'Brunnen', predicate: 'hat', object: 'Trinkwasser' })
  const id = await shortId(ben.page)
  await visit(ada.page, '/claims')
  await expect(ada.page.getByRole('link', { name: /Brunnen.*Trinkwasser/ })).toBeVisible()
  await ben.context.close()

  const second = await invite(ada.page)
  const again = await device('Ben’s new phone')
  await again.page.goto(box.url)
  await restore(again.page, text, PASSPHRASE)
  await expect(again.page.getByText('Dieses Gerät gehört Ada.')).toBeVisible()
  await again.page.goto(second)
  await again.page.getByRole('button', { name: 'Beitreten' }).click()
  await expect(again.page.getByRole('navigation', { name: 'Bereiche' })).toBeVisible({ timeout: 60_000 })
  expect(await shortId(again.page)).toBe(id)
  await turnClaimsOn(again.page)
  await expect(again.page.getByRole('link', { name: /Brunnen.*Trinkwasser/ })).toBeVisible()
  await publishClaim(again.page, { subject: 'Apotheke', predicate: 'ist geöffnet', object: 'bis 18 Uhr' })
  await visit(ada.page, '/claims')
  await expect(ada.page.getByRole('link', { name: /Apotheke.*bis 18 Uhr/ })).toBeVisible()
  await visit(ada.page, '/community')
  await expect(ada.page.getByText('2 Mitglieder')).toBeVisible()
  await expect(ada.page.getByText(/Zwei Geschichten/)).toBeHidden()
})

test('A file that is no recovery file is refused in words', async ({ box, device }) => {
  const { page } = await device('Ada')
  await page.goto(box.url)
  await page.getByRole('button', { name: 'Sicherungsdatei nutzen' }).click()
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Datei wählen' }).click()
  await (await choosing).setFiles({
    name: 'urlaub.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"format":"urlaub"}'),
  })
  await expect(page.getByText('Das ist keine Sicherungsdatei von HearthNet.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Wiederherstellen' })).toBeDisabled()
})

test('Who puts the recovery file off can still make it in the settings', async ({ box, device }) => {
  const { page } = await device('Ada')
  await page.goto(box.url)
  await page.getByLabel('Dein Name').fill('Ada')
  await page.getByRole('button', { name: 'Los geht’s' }).click()
  await page.getByRole('button', { name: 'Später' }).click()
  await visit(page, '/settings')
  await page
    .getByRole('button', { name: 'Jetzt anlegen' })
    .or(page.getByRole('link', { name: 'Jetzt anlegen' }))
    .click()
  await saveRecoveryFile(page)
})
