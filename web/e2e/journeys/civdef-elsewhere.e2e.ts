import { readFile } from 'node:fs/promises'
import { expect, type Page } from '@playwright/test'
import { ceremonyAccept, ceremonyIssue, ceremonyRequest } from '#protocol/civdef/desk-capabilities.ts'
import { rootSet } from '#protocol/civdef/place-capabilities.ts'
import { secondsTime } from '#protocol/civdef/terms.ts'
import { configSet } from '#protocol/config/capabilities.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { nodeStatus } from '#protocol/node/capabilities.ts'
import { busOf } from '../support/bus.ts'
import { test } from '../support/fixtures.ts'
import { found, keptForOffline, visit } from '../support/steps.ts'

const ISSUM = 'DE.NRW.Kleve.Issum'
const HOLD_MS = 1800

const turnAlertsOn = (page: Page) =>
  busOf(page).call(configSet, { civdef: { enabled: true }, policy: { research: { enable: true } } })

async function meAt(page: Page): Promise<NodeId> {
  const { identity } = await busOf(page).call(nodeStatus, {})
  if (!identity) throw new Error('somebody')
  return identity.node_id
}

/** Makes a device the root of the Land and the head of its own fire service. */
async function certifySelf(page: Page): Promise<void> {
  const bus = busOf(page)
  const scopes = ['alert.publish' as const]
  await bus.call(rootSet, { root: await meAt(page), name: 'Land, zur Probe', region: 'DE.NRW' })
  const asked = { role: `${ISSUM}.Feuerwehr.Wehrleiter`, region: ISSUM, title: 'Wehrleitung Issum', scopes }
  const { text } = await bus.call(ceremonyRequest, asked)
  const expires_at = secondsTime(Date.now() + 30 * 86_400_000)
  const issued = await bus.call(ceremonyIssue, { text, under: null, scopes, expires_at })
  await bus.call(ceremonyAccept, { text: issued.text })
}

/** As Android hands a file to an installed app: a form posted to where the manifest says. */
const share = (page: Page, name: string, text: string): Promise<void> =>
  page.evaluate(
    ([fileName = '', content = '']) => {
      const form = Object.assign(document.createElement('form'), {
        method: 'POST',
        action: '/share',
        enctype: 'multipart/form-data',
      })
      const field = Object.assign(document.createElement('input'), { type: 'file', name: 'share_file' })
      const files = new DataTransfer()
      files.items.add(new File([content], fileName, { type: 'text/plain' }))
      field.files = files.files
      form.append(field)
      document.body.append(form)
      form.submit()
    },
    [name, text],
  )

test.use({ actionTimeout: 30_000 })

test('An alert for a drawn part of Issum is carried by hand to Geldern, and believed there (CIV-16)', async ({
  box,
  device,
}) => {
  test.setTimeout(180_000)
  const [{ page: anna }, { page: dora }] = [await device('Anna'), await device('Dora')]
  await found(anna, box.url, 'Anna', 'Issum')
  await found(dora, box.url, 'Dora', 'Geldern')
  for (const page of [anna, dora]) await turnAlertsOn(page)
  await certifySelf(anna)
  await busOf(dora).call(rootSet, { root: await meAt(anna), name: 'Land, zur Probe', region: 'DE.NRW' })

  await test.step('Anna draws where it holds: with the mouse, then with the keys', async () => {
    await visit(anna, '/alerts/desk/new')
    await anna.getByRole('radio', { name: /^Warnung/ }).check({ force: true })
    await anna.getByLabel('Überschrift').fill('Rauch über dem Gewerbegebiet')
    await anna.getByLabel('Was ist los?').fill('Ein Lager brennt.')
    await anna.getByText(/^Eingrenzen/).click()
    await anna.getByText('Mit Finger, Maus oder Pfeiltasten zeichnen').click()
    const surface = anna.getByRole('application', { name: /Zeichenfläche/ })
    await surface.scrollIntoViewIfNeeded()
    await expect(surface.locator('.leaflet-container')).toBeVisible()
    const at = await surface.boundingBox()
    if (!at) throw new Error('a surface')
    await anna.mouse.move(at.x + at.width * 0.25, at.y + at.height * 0.25)
    await anna.mouse.down()
    await anna.mouse.move(at.x + at.width * 0.5, at.y + at.height * 0.5, { steps: 4 })
    await anna.mouse.up()
    const west = anna.getByLabel('Westen')
    await expect(west).toHaveValue(/^\d\.\d+$/)
    const drawn = await west.inputValue()
    await surface.focus()
    for (const key of ['Enter', 'ArrowRight', 'ArrowRight', 'Shift+ArrowDown', 'ArrowDown', 'Enter']) await surface.press(key)
    await expect(west, 'The keys draw another one').not.toHaveValue(drawn)
    await expect(anna.getByText(/Das Rechteck ist etwa [\d,]+ km breit und [\d,]+ km hoch\./)).toBeVisible()
  })

  const paper = await test.step('She sends it and saves what carries it', async () => {
    await anna.getByRole('button', { name: 'Vorschau ansehen' }).click()
    await anna.getByRole('button', { name: 'Warnung jetzt senden', exact: true }).click({ delay: HOLD_MS })
    await expect(anna.getByRole('heading', { level: 1, name: 'Rückmeldungen' })).toBeVisible()
    await visit(anna, '/alerts')
    await anna.getByRole('link', { name: /Rauch über dem Gewerbegebiet/ }).click()
    await expect(anna.getByText(/Das gezeichnete Gebiet ist etwa/)).toBeVisible()
    const section = anna.getByRole('region', { name: 'An eine andere Gemeinschaft weitergeben' })
    await section.getByRole('button', { name: 'Weitergeben' }).click()
    await expect(section.getByRole('img', { name: /^(QR-Code zum Abscannen|Code 1 von \d)$/ })).toBeVisible()
    const saving = anna.waitForEvent('download')
    await section.getByRole('button', { name: 'Als Datei speichern' }).click()
    const file = await saving
    expect(file.suggestedFilename()).toMatch(/\.hearthnet$/)
    return readFile(await file.path(), 'utf8')
  })

  await test.step('Dora gets the file shared into the app, sees what it is, and brings it to her neighbours', async () => {
    await keptForOffline(dora)
    await share(dora, 'warnung.txt', paper)
    const read = dora.getByRole('region', { name: 'Warnung aus einer anderen Gemeinschaft' })
    await expect(read).toContainText('Rauch über dem Gewerbegebiet', { timeout: 45_000 })
    await expect(read).toContainText('Kommt aus 1 anderer Gemeinschaft.')
    await read.getByRole('button', { name: 'In die Gemeinschaft übernehmen' }).click()
    await expect(read).toContainText('Übernommen.')
    await read.getByRole('link', { name: 'Zur Warnung' }).click()
    await expect(dora.getByText('1 andere Gemeinschaft')).toBeVisible()
    await visit(dora, '/alerts/bring-in?shared=file')
    await expect(dora.getByRole('region', { name: 'Warnung einlesen' })).toBeVisible()
    await expect(read, 'A file is read once').toBeHidden()
  })
})
