import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { inflateSync } from 'node:zlib'
import { expect, type Locator, type Page } from '@playwright/test'
import { alertAck } from '#protocol/civdef/capabilities.ts'
import { walletGet } from '#protocol/civdef/desk-capabilities.ts'
import type { CertId } from '#protocol/civdef/terms.ts'
import { parseUlid } from '#protocol/core/ids.ts'
import { busOf } from '../support/bus.ts'
import { test } from '../support/fixtures.ts'
import { NO_BOX } from '../support/no-box.ts'
import { found, invite, joinBy, keptForOffline, visit } from '../support/steps.ts'

const run = promisify(execFile)
/** Longer than the kit's hold, with room for a busy machine. */
const HOLD_MS = 1800

/** Alerts are a trial: each person switches them on in the settings. */
async function turnAlertsOn(page: Page): Promise<void> {
  await visit(page, '/settings')
  for (const name of ['Erprobung einschalten', /^Warnungen /]) {
    const trial = page.getByRole('switch', { name })
    await trial.click({ force: true })
    await expect(trial).toBeChecked()
  }
}

/** Keeps a button pressed, as whoever means it does. */
async function hold(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name, exact: true })
  await expect(button).toBeEnabled()
  await button.click({ delay: HOLD_MS })
}

async function choosePlace(scope: Page | Locator, label: string, place: string, level?: string): Promise<void> {
  await scope.getByLabel(label).fill(place)
  await scope
    .getByRole('list', { name: 'Gemeinde suchen' })
    .getByRole('button', { name: new RegExp(`^${place} `) })
    .click()
  if (level !== undefined) await scope.getByRole('radio', { name: level }).check({ force: true })
}

/** The founder is an anchor and recognises this device as the authority of the Land. */
async function makeRoot(page: Page): Promise<void> {
  await visit(page, '/alerts/desk/wallet/roots')
  await page.getByLabel('Wie die Stelle heißt').fill('Land, zur Probe')
  await choosePlace(page, 'Für welches Gebiet?', 'Issum', 'Land')
  await page.getByRole('button', { name: 'Stelle anerkennen' }).click()
  await expect(page.getByText('Anerkannt.', { exact: true })).toBeVisible()
}

interface Asked {
  readonly place: string
  readonly level: string
  readonly role: string
}

/** First step, at the holder. @returns what the QR code says */
async function askForCertificate(page: Page, { place, level, role }: Asked): Promise<string> {
  await visit(page, '/alerts/desk/wallet/ceremony')
  await page.getByRole('radio', { name: 'Ich brauche einen Ausweis' }).check({ force: true })
  await choosePlace(page, 'Für welchen Ort?', place, level)
  await page.getByRole('radio', { name: role }).check({ force: true })
  await page.getByRole('button', { name: 'Code zeigen' }).click()
  return shownCode(page)
}

async function shownCode(page: Page): Promise<string> {
  await page.getByText('Ohne Kamera: als Text weitergeben').locator('visible=true').click()
  const code = page.getByRole('status', { name: 'Derselbe Inhalt als Text' }).locator('visible=true')
  return (await code.textContent()) ?? ''
}

/** Pastes what a camera would have read. */
async function paste(page: Page, code: string): Promise<void> {
  await page.getByLabel('Oder den Text hier einfügen').locator('visible=true').fill(code)
  await page.getByRole('button', { name: 'Text übernehmen' }).locator('visible=true').click()
}

/** Looks at the person and signs. */
async function lookAndSign(page: Page): Promise<void> {
  await page.getByRole('checkbox', { name: /Ich habe die Person vor mir gesehen/ }).check({ force: true })
  await hold(page, 'Ausweis unterschreiben')
}

/** The whole ceremony between two devices; the codes are handed over as text. */
async function ceremony(issuer: Page, holder: Page, asked: Asked): Promise<void> {
  const request = await askForCertificate(holder, asked)
  await visit(issuer, '/alerts/desk/wallet/ceremony')
  await issuer.getByRole('radio', { name: 'Ich stelle einen Ausweis aus' }).check({ force: true })
  await paste(issuer, request)
  await expect(issuer.getByText(/bittet um diesen Ausweis/)).toBeVisible()
  await lookAndSign(issuer)
  const answer = await shownCode(issuer)
  await holder.getByRole('button', { name: 'Sie hat unterschrieben: weiter' }).click()
  await paste(holder, answer)
  await expect(holder.getByText('Der Ausweis ist da und gilt.')).toBeVisible()
}

interface Words {
  readonly severity: RegExp
  readonly title: string
  readonly body: string
  readonly step: string
}

async function write(page: Page, { severity, title, body, step }: Words): Promise<void> {
  await visit(page, '/alerts/desk/new')
  await page.getByRole('radio', { name: severity }).check({ force: true })
  await page.getByLabel('Überschrift').fill(title)
  await page.getByLabel('Was ist los?').fill(body)
  await page.getByLabel('Was sollen die Menschen tun?').fill(step)
  await page.getByRole('button', { name: 'Vorschau ansehen' }).click()
  await expect(page.getByRole('region', { name: 'Vorschau' })).toContainText(title)
  await expect(page.getByText(/Menschen wohnen dort/)).toBeVisible()
}

async function certificateOf(page: Page): Promise<CertId> {
  const [first] = (await busOf(page).call(walletGet, {})).own
  if (!first) throw new Error('a certificate')
  return first.certificate.cert_id
}

const board = (page: Page): Locator => page.getByRole('heading', { level: 1, name: 'Rückmeldungen' })
const alertOn = (page: Page) => parseUlid(new URL(page.url()).hash.split('/').at(-1) ?? '')

/** What a printed record says: its streams unpacked, and the words in them put together. */
function wordsOfPdf(file: Buffer): string {
  expect(file.subarray(0, 5).toString()).toBe('%PDF-')
  const said: string[] = []
  for (let at = file.indexOf('stream\n'); at >= 0; at = file.indexOf('stream\n', at)) {
    const end = file.indexOf('\nendstream', at)
    const text = inflateSync(file.subarray(at + 7, end)).toString('latin1')
    for (const [, word = ''] of text.matchAll(/\((.*?)(?<!\\)\) Tj/g)) {
      said.push(word.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))))
    }
    at = end + 10
  }
  return said.join(' ')
}

/** Changes the first entry of the record on the disk, as no part of the app would. */
const tamper = (page: Page): Promise<void> =>
  page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('hearthnet')
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const transaction = opening.result.transaction('meta', 'readwrite')
          const meta = transaction.objectStore('meta')
          const key = 'shelf.civdef.audit.0.0'
          const reading = meta.get(key)
          reading.onsuccess = () => {
            const [first, ...rest] = reading.result as string[] // what the record keeps: entries as texts
            meta.put([first?.replace('"seq":0', '"seq":7'), ...rest], key)
          }
          transaction.oncomplete = () => {
            opening.result.close()
            resolve()
          }
          transaction.onerror = () => reject(transaction.error)
        }
      }),
  )

/** The export as the command line reads it. */
async function verify(file: string): Promise<{ readonly code: number; readonly said: string }> {
  try {
    const { stdout } = await run('npx', ['tsx', 'scripts/verify-audit.ts', file])
    return { code: 0, said: stdout }
  } catch (thrown) {
    if (!(thrown instanceof Error) || !('code' in thrown) || !('stdout' in thrown)) throw thrown
    return { code: Number(thrown.code), said: String(thrown.stdout) }
  }
}

test.use({ actionTimeout: 30_000 })

test('A root issues, a fire chief warns, two sign an emergency, people answer, and the record proves it (CIV-1, CIV-4, CIV-11, AUD-5)', async ({
  box,
  device,
}, testInfo) => {
  test.setTimeout(280_000)
  const [{ page: anna }, { page: bert }] = [await device('Anna'), await device('Bert')]
  await found(anna, box.url, 'Anna', 'Issum')
  await joinBy(bert, await invite(anna), 'Bert')
  for (const page of [anna, bert]) await turnAlertsOn(page)

  await test.step('Anna makes herself a root and issues herself the crisis staff of the Kreis', async () => {
    await makeRoot(anna)
    await askForCertificate(anna, { place: 'Issum', level: 'Kreis', role: 'Leitung des Krisenstabs' })
    await anna.getByRole('button', { name: 'Auf diesem Gerät selbst unterschreiben' }).click()
    await lookAndSign(anna)
    await expect(anna.getByText('Der Ausweis ist da und gilt.')).toBeVisible()
    await anna.getByRole('link', { name: 'Zu meinen Ausweisen' }).click()
    await expect(anna.getByRole('list', { name: 'Was ich habe' })).toContainText('Leitung des Krisenstabs')
  })

  await test.step('Bert gets the fire service of Issum from her, face to face', async () => {
    await visit(bert, '/alerts/desk/wallet/roots')
    await expect(bert.getByRole('list', { name: 'Anerkannte Stellen' })).toContainText('Land, zur Probe', { timeout: 45_000 })
    await ceremony(anna, bert, { place: 'Issum', level: 'Gemeinde', role: 'Leitung der Feuerwehr' })
  })

  const warning: Words = {
    severity: /^Warnung/,
    title: 'Trinkwasser abkochen',
    body: 'Im Trinkwasser wurden Keime gefunden.',
    step: 'Wasser vor dem Trinken abkochen',
  }
  await test.step('A warning goes out by Bert alone, kept as a draft meanwhile', async () => {
    await write(bert, warning)
    await bert.getByRole('button', { name: 'Zurück zum Schreiben' }).click()
    await expect(bert.getByText(/^Entwurf aufgehoben um/)).toBeVisible()
    await bert.reload()
    await expect(bert.getByLabel('Überschrift'), 'Nothing typed is lost').toHaveValue(warning.title)
    await bert.getByRole('button', { name: 'Vorschau ansehen' }).click()
    await hold(bert, 'Warnung jetzt senden')
    await expect(board(bert)).toBeVisible()
    await visit(anna, '/alerts/desk')
    await expect(anna.getByRole('list', { name: 'Was gerade läuft' })).toContainText(warning.title, { timeout: 45_000 })
  })

  await test.step('An emergency takes Anna’s signature first', async () => {
    await write(bert, {
      severity: /^Gefahr/,
      title: 'Hochwasser an der Issumer Fleuth',
      body: 'Das Wasser steigt schnell. Bringt euch in Sicherheit.',
      step: 'In ein höheres Stockwerk gehen',
    })
    await expect(bert.getByRole('button', { name: 'Warnung jetzt senden' })).toBeHidden()
    await bert.getByRole('radio', { name: /Leitung des Krisenstabs/ }).check({ force: true })
    await bert.getByLabel('Ein Satz dazu').fill('Pegel 2,10 m und steigend.')
    await bert.getByRole('button', { name: 'Um Unterschrift bitten' }).click()
    await expect(bert.getByText('Die Bitte ist auf dem anderen Gerät angekommen.')).toBeVisible()
    await bert.getByRole('button', { name: 'Weiter zu den Unterschriften' }).click()

    await visit(anna, '/alerts/desk/cosign')
    const inbox = anna.getByRole('list', { name: 'Bitten an dich' })
    await expect(inbox).toContainText('Pegel 2,10 m und steigend.')
    await expect(inbox).toContainText('In ein höheres Stockwerk gehen')
    await hold(anna, 'Ich unterschreibe mit')
    await expect(anna.getByText('Du hast unterschrieben.')).toBeVisible()
    await hold(bert, 'Warnung jetzt senden')
    await expect(board(bert)).toBeVisible()
  })

  await test.step('Answers come in on the board while Bert looks at it', async () => {
    const alert_id = alertOn(bert)
    await visit(anna, `/alerts/desk/board/${alert_id}`)
    await expect(anna.getByText('Hochwasser an der Issumer Fleuth')).toBeVisible({ timeout: 45_000 })
    await visit(anna, '/alerts/desk/wallet')
    await busOf(anna).call(alertAck, {
      alert_id,
      status: 'need_help',
      note: 'Zwei Boote fehlen.',
      cert_id: await certificateOf(anna),
    })
    await expect(bert.getByRole('region', { name: 'Hier wird Hilfe gebraucht' })).toContainText('Zwei Boote fehlen.', {
      timeout: 45_000,
    })
  })

  await test.step('The all-clear ends it', async () => {
    await bert.getByLabel('Ein Satz dazu, den alle lesen').fill('Der Pegel sinkt.')
    await hold(bert, 'Entwarnung jetzt geben')
    await expect(bert.getByText(/^Entwarnung .*Der Pegel sinkt\.$/)).toBeVisible()
  })

  await test.step('The record is witnessed, taken along and verified; one byte flipped is found, and where', async () => {
    await visit(bert, '/alerts/desk/audit')
    await bert.getByRole('button', { name: 'Jetzt sichern und bezeugen lassen' }).click()
    await expect(bert.getByText('Gesichert. 1 Gerät bezeugt es.')).toBeVisible({ timeout: 45_000 })
    await bert.getByRole('button', { name: 'Vollständig prüfen' }).click()
    await expect(bert.getByText('Geprüft: alles in Ordnung.')).toBeVisible()
    const saving = bert.waitForEvent('download')
    await bert.getByRole('button', { name: 'Für Maschinen (.jsonl)' }).click()
    const text = await readFile(await (await saving).path(), 'utf8')

    const sound = testInfo.outputPath('sound.jsonl')
    await writeFile(sound, text)
    const right = await verify(sound)
    expect(right.said).toContain('✓ everything in this file holds')
    expect(right.code).toBe(0)

    const lines = text.split('\n')
    const at = lines.findIndex((line) => line.includes('\\"event\\":\\"cancelled\\"') || line.includes('"event":"cancelled"'))
    expect(at, 'The end of the alert is an entry').toBeGreaterThan(0)
    lines[at] = lines[at]?.replace('cancelled', 'cancellfd') ?? ''
    const flipped = testInfo.outputPath('flipped.jsonl')
    await writeFile(flipped, lines.join('\n'))
    const wrong = await verify(flipped)
    expect(wrong.code).toBe(1)
    expect(wrong.said, 'It says in which line').toContain(`line ${at + 1}`)

    const printing = bert.waitForEvent('download')
    await bert.getByRole('button', { name: 'Für Menschen und Gericht (.pdf)' }).click()
    const printed = wordsOfPdf(await readFile(await (await printing).path()))
    for (const words of [warning.title, 'Hochwasser an der Issumer Fleuth', 'Der Pegel sinkt.'])
      expect(printed).toContain(words)
  })

  await test.step('A record that was tampered with blocks everything, until Bert begins it anew and says why (AUD-4)', async () => {
    await tamper(bert)
    await bert.reload()
    await visit(bert, '/alerts/desk/audit')
    await expect(bert.getByText('Das Protokoll ist beschädigt oder wurde verändert')).toBeVisible({ timeout: 45_000 })
    await visit(bert, '/alerts/desk')
    await expect(bert.getByText(/Warnungen geben ist gesperrt/)).toBeVisible()
    await visit(bert, '/alerts/desk/audit')
    await bert.getByLabel('Was ist geschehen?').fill('Der Speicher war beschädigt, geprüft von der Wehrleitung.')
    await hold(bert, 'Neues Protokoll beginnen')
    await expect(bert.getByRole('region', { name: 'Nach dem Schaden weitermachen' })).toBeHidden()
    await write(bert, { ...warning, title: 'Trinkwasser ist wieder sauber' })
    await hold(bert, 'Warnung jetzt senden')
    await expect(board(bert)).toBeVisible()
  })

  await test.step('Anna takes the credential back: what was said under it is not believed, and no more can be (CIV-2)', async () => {
    await visit(anna, '/alerts/desk/wallet/holders')
    const card = anna.getByRole('list', { name: 'Wer welchen Ausweis hat' }).getByRole('listitem').filter({ hasText: 'Bert' })
    await card.getByRole('button', { name: 'Zurückziehen' }).click()
    await card.getByLabel(/Warum/).fill('Gerät gestohlen')
    await hold(anna, 'Ausweis jetzt zurückziehen')
    await visit(anna, '/alerts')
    const refused = anna.getByRole('region', { name: 'Nicht geglaubt' })
    await expect(refused).toContainText('Trinkwasser ist wieder sauber')
    await expect(anna.getByRole('region', { name: 'Jetzt' })).not.toContainText('Trinkwasser')
    await visit(bert, '/alerts/desk/new')
    await expect(bert.getByText('Mit diesem Gerät kann noch niemand Warnungen geben.')).toBeVisible({ timeout: 45_000 })
  })
})

test('With no network at all, request and signature go from tablet to tablet as codes (CIV-4)', async ({ box, device }) => {
  test.setTimeout(280_000)
  const [annas, berts] = [await device('Anna', { tolerates: NO_BOX }), await device('Bert', { tolerates: NO_BOX })]
  const [anna, bert] = [annas.page, berts.page]
  await found(anna, box.url, 'Anna', 'Issum')
  await joinBy(bert, await invite(anna), 'Bert')
  for (const page of [anna, bert]) await turnAlertsOn(page)
  await makeRoot(anna)
  await askForCertificate(anna, { place: 'Issum', level: 'Kreis', role: 'Leitung des Krisenstabs' })
  await anna.getByRole('button', { name: 'Auf diesem Gerät selbst unterschreiben' }).click()
  await lookAndSign(anna)
  await expect(anna.getByText('Der Ausweis ist da und gilt.')).toBeVisible()
  await visit(bert, '/alerts/desk/wallet/roots')
  await expect(bert.getByRole('list', { name: 'Anerkannte Stellen' })).toContainText('Land, zur Probe', { timeout: 45_000 })
  await visit(anna, '/alerts/desk/wallet')
  await ceremony(anna, bert, { place: 'Issum', level: 'Gemeinde', role: 'Leitung der Feuerwehr' })

  for (const page of [anna, bert]) await keptForOffline(page)
  await anna.close()
  await box.unplug()
  await write(bert, {
    severity: /^Höchste Gefahr/,
    title: 'Deich gebrochen',
    body: 'Verlasst sofort die Häuser am Deich.',
    step: 'Zu Fuß zur Turnhalle',
  })
  await bert.getByRole('radio', { name: /Leitung des Krisenstabs/ }).check({ force: true })
  await bert.getByRole('button', { name: 'Um Unterschrift bitten' }).click()
  await expect(bert.getByText('Das andere Gerät ist gerade nicht zu erreichen.')).toBeVisible({ timeout: 60_000 })
  const request = await shownCode(bert)

  const alone = await annas.context.newPage()
  await alone.goto(`${box.url}#/alerts/desk/cosign`)
  await paste(alone, `${request.slice(0, -8)}AAAAAAAA`)
  await expect(alone.getByRole('alert').first(), 'A code that was changed is no request').toBeVisible()
  await paste(alone, request)
  const inbox = alone.getByRole('list', { name: 'Bitten an dich' })
  await expect(inbox).toContainText('Zu Fuß zur Turnhalle')
  await hold(alone, 'Ich unterschreibe mit')
  await expect(alone.getByText('Du hast unterschrieben.')).toBeVisible({ timeout: 60_000 })
  const answer = await shownCode(alone)

  await bert.getByRole('button', { name: 'Weiter zu den Unterschriften' }).click()
  await paste(bert, answer)
  await expect(bert.getByText('unterschrieben: kann jetzt hinaus')).toBeVisible()
  await hold(bert, 'Warnung jetzt senden')
  await expect(board(bert)).toBeVisible()
})
