import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Locator, type Page } from '@playwright/test'
import { modelImport } from '#protocol/distributed-inference/model-capabilities.ts'
import { barriersOf } from '../support/barriers.ts'
import { BUILT_APP, startBox } from '../support/box.ts'
import { busOf } from '../support/bus.ts'
import { test as base } from '../support/fixtures.ts'
import { type ModelServer, startModelServer } from '../support/model-server.ts'
import { NO_BOX } from '../support/no-box.ts'
import { found, keptForOffline, turnAskingOn, visit } from '../support/steps.ts'

const ROOT = join(import.meta.dirname, '../../..')
const FIXTURE = join(ROOT, 'workers/compute/fixtures/qwen2-cpu-int4')
const DEMONSTRATION = join(ROOT, 'public/models/hearthnet-demonstration')
const SLOWLY = { timeout: 60_000 }
/** A server that the operator named is elsewhere, too; files that a folder need not have are not there, and answers break off. */
const ELSEWHERE = [/request left the house: http:\/\/127\.0\.0\.1:\d+\//, /Failed to load resource/, /Content.Security.Policy/i]
/** Room that no browser has here. */
const TOO_MUCH = 100_000_000_000_000

async function filesBelow(folder: string, path: string): Promise<[string, Uint8Array][]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  return Promise.all(
    names
      .filter((entry) => entry.isFile())
      .map(async (entry): Promise<[string, Uint8Array]> => {
        const file = join(entry.parentPath, entry.name)
        return [`${path}${file.slice(folder.length)}`, new Uint8Array(await readFile(file))]
      }),
  )
}

/** One byte of the weights is another one. */
function spoilt(files: [string, Uint8Array][]): [string, Uint8Array][] {
  return files.map(([path, bytes]) => {
    if (!path.endsWith('.onnx')) return [path, bytes]
    const other = bytes.slice()
    other[bytes.length - 1000] = (other[bytes.length - 1000] ?? 0) ^ 1
    return [path, other]
  })
}

const test = base.extend<{ models: ModelServer; folder: string }>({
  models: async ({ baseURL: _ }, use) => {
    const demonstration = await filesBelow(DEMONSTRATION, '/published')
    const files = new Map([
      ...(await filesBelow(FIXTURE, '/tiny')),
      ...(await filesBelow(FIXTURE, '/vast')),
      ...demonstration,
      ...spoilt(await filesBelow(DEMONSTRATION, '/spoilt')),
    ])
    const server = await startModelServer(files)
    server.claim('/vast/model.onnx.data', TOO_MUCH)
    await use(server)
    await server.stop()
  },
  box: async ({ models }, use) => {
    const box = await startBox(BUILT_APP, null, models.origin)
    await use(box)
    await box.stop()
  },
  folder: async ({ baseURL: _ }, use) => {
    const place = await mkdtemp(join(tmpdir(), 'hearthnet-model-'))
    const folder = join(place, 'kleines-modell')
    await cp(FIXTURE, folder, { recursive: true })
    await use(folder)
    await rm(place, { recursive: true, force: true })
  },
})

const modelOn = (page: Page, name: string): Locator => page.getByRole('listitem', { name, exact: true })

async function choose(page: Page, folder: string): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Ordner wählen' }).click(),
  ])
  await chooser.setFiles(folder)
}

test('Somebody takes a model from a folder, asks it without a network, and deletes it', async ({ box, device, folder }) => {
  test.slow()
  const { context, page } = await device('Anna', { tolerates: NO_BOX })
  await found(page, box.url, 'Anna', 'Issum')
  await keptForOffline(page)
  await page.reload()
  await turnAskingOn(page)
  await visit(page, '/ask/models')
  await expect(page.getByText(/^Noch frei im Browser: /)).toBeVisible()

  await choose(page, join(folder, '..', 'kleines-modell'))
  await expect(modelOn(page, 'kleines-modell')).toContainText('bereit', SLOWLY)
  await expect(modelOn(page, 'kleines-modell')).toContainText('8 von 8 Schichten')
  await expect(modelOn(page, 'kleines-modell')).toContainText('aus einem Ordner')

  const hasSpoken = async (): Promise<void> => {
    await visit(page, '/ask')
    await page.getByRole('combobox', { name: 'Modell' }).selectOption('kleines-modell')
    await page.getByRole('textbox', { name: 'Deine Frage' }).fill('Wo ist Wasser?')
    await page.getByRole('button', { name: 'Fragen', exact: true }).click()
    const answer = page.getByRole('region', { name: 'Antwort auf: Wo ist Wasser?' }).last()
    await expect
      .poll(async () => (await answer.locator('[aria-live]').first().textContent())?.length ?? 0, SLOWLY)
      .toBeGreaterThan(3)
    await page.getByRole('button', { name: 'Anhalten' }).click()
    await expect(answer.getByText('Angehalten.')).toBeVisible()
  }
  await hasSpoken()
  await box.stop()
  await context.setOffline(true)
  await page.reload()
  await hasSpoken()

  await visit(page, '/ask/models')
  await modelOn(page, 'kleines-modell').getByRole('button', { name: 'Löschen' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Löschen' }).click()
  await expect(modelOn(page, 'kleines-modell')).toBeHidden()
})

test.describe('from an address', () => {
  test.use({ withoutServiceWorker: true })

  test('Somebody takes a model from an address, pauses and goes on, and is told what is wrong with others', async ({
    box,
    device,
    models,
  }) => {
    test.slow()
    const { page } = await device('Anna', { tolerates: ELSEWHERE })
    await found(page, box.url, 'Anna', 'Issum')
    await turnAskingOn(page)
    await visit(page, '/ask/models')
    const load = async (address: string): Promise<void> => {
      await page.getByRole('textbox', { name: 'Adresse' }).fill(address)
      await page.getByRole('button', { name: 'Laden', exact: true }).click()
    }
    const press = (name: string, button: string) =>
      modelOn(page, name)
        .getByRole('button', { name: `${name}: ${button}` })
        .click()

    // in the middle of the weights nothing more comes
    models.stallAfter(1_200_000)
    await load(`${models.origin}/tiny`)
    await expect(modelOn(page, 'tiny')).toContainText('wird geladen')
    await expect
      .poll(async () => Number(await modelOn(page, 'tiny').getByRole('progressbar').getAttribute('aria-valuenow')), SLOWLY)
      .toBeGreaterThan(20)
    await press('tiny', 'Anhalten')
    await expect(modelOn(page, 'tiny')).toContainText('angehalten')
    models.stallAfter(null)
    // and then it breaks off once more
    models.breakAfter(600_000)
    await press('tiny', 'Weiter laden')
    await expect(modelOn(page, 'tiny')).toContainText('bereit', SLOWLY)
    await expect(modelOn(page, 'tiny')).toContainText('8 von 8 Schichten')
    const places = models.resumed.filter(({ path }) => path === '/tiny/model.onnx.data').map(({ from }) => from)
    expect(places.length).toBeGreaterThanOrEqual(2)
    // what a browser had received and not yet handed on when the line broke is lost with it, and nothing before that
    expect(places[1]).toBeGreaterThanOrEqual(places[0] ?? 0)

    await load(`${models.origin}/spoilt`)
    await expect(modelOn(page, 'spoilt')).toContainText('Eine Datei ist nicht die, die sie sein soll.', SLOWLY)
    await expect(modelOn(page, 'spoilt')).not.toContainText('bereit')

    await load(`${models.origin}/vast`)
    await expect(modelOn(page, 'vast')).toContainText('Dafür ist nicht genug Platz.', SLOWLY)
    await expect(modelOn(page, 'vast')).not.toContainText('bereit')

    await load(`${models.origin}/nothing`)
    await expect(modelOn(page, 'nothing')).toContainText('Dort liegt kein Modell, das sich lesen lässt.', SLOWLY)

    // whom the operator did not name is not asked
    await load('http://127.0.0.1:9/elsewhere')
    await expect(modelOn(page, 'elsewhere')).toContainText('Die Box lässt die App dort nicht fragen.', SLOWLY)
  })

  test('Somebody who has a part of a model is told that nobody has the rest, and lets the model of the app answer', async ({
    box,
    device,
    models,
  }) => {
    const { page } = await device('Anna', { tolerates: ELSEWHERE })
    await found(page, box.url, 'Anna', 'Issum')
    await turnAskingOn(page)
    const url = `${models.origin}/published`
    await busOf(page).call(modelImport, { model: 'published', from: 'url', url, layers: { from: 0, to: 2 } })
    await visit(page, '/ask/models')
    await expect(modelOn(page, 'published')).toContainText('zum Teil hier', SLOWLY)

    await visit(page, '/ask')
    const chosen = page.getByRole('combobox', { name: 'Modell' })
    await chosen.selectOption('published')
    await expect(page.getByText('Hier und jetzt kann antworten: Vorführmodell.')).toBeVisible()
    await page.getByRole('textbox', { name: 'Deine Frage' }).fill('Wie mache ich Wasser trinkbar?')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Einverstanden' }).click()
    const answer = page.getByRole('region', { name: 'Antwort auf: Wie mache ich Wasser trinkbar?' }).last()
    await expect(answer).toContainText('Ein Teil des Modells ist gerade bei niemandem: Schichten 4 bis 6.', SLOWLY)
    await expect(answer, 'nothing is asked by itself').not.toContainText('Antwort von:')
    expect(await barriersOf(page)).toEqual([])

    await answer.getByRole('button', { name: 'Mit Vorführmodell auf diesem Gerät antworten' }).click()
    await expect(answer).toContainText('Fertig.', SLOWLY)
    await expect(answer).toContainText(/kochen/i)
    await expect(answer).toContainText('Antwort von: Vorführmodell, auf diesem Gerät und an Stelle von published.')
    await expect(answer).toContainText('Gerechnet wurde auf dem Prozessor, nicht auf einer Grafikkarte.')
    await expect(page.getByRole('list', { name: 'Gespräch' }).getByRole('listitem')).toHaveCount(1)
    await expect(chosen, 'what was chosen stays so').toHaveValue('published')
    expect(await barriersOf(page)).toEqual([])
  })
})
