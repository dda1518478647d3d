import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Locator, type Page } from '@playwright/test'
import { communityGet, communityPromote } from '#protocol/community/capabilities.ts'
import type { HouseBox } from '../support/box.ts'
import { busOf } from '../support/bus.ts'
import { storeModel } from '../support/compute.ts'
import { type Device, test } from '../support/fixtures.ts'
import { NO_BOX } from '../support/no-box.ts'
import { reloadOffline } from '../support/offline.ts'
import { found, invite, joinBy, keptForOffline, seesDirectly, turnAskingOn, visit } from '../support/steps.ts'

const WCAG_2_2_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const SIZES = [
  { width: 360, height: 780 },
  { width: 1280, height: 900 },
] as const
const QUESTION = 'Wie mache ich Wasser trinkbar?'
/** Long enough that somebody can leave in the middle. */
const LENGTH = '400'

/** What a machine can find, in both colours and on both sizes. */
async function expectNoBarrier(page: Page): Promise<void> {
  const barriers: string[] = []
  for (const size of SIZES) {
    await page.setViewportSize(size)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme)
      const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).withTags(WCAG_2_2_AA).analyze()
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      barriers.push(...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`))
      if (wide > 0) barriers.push(`${wide} px too wide at ${size.width}`)
    }
  }
  expect(barriers).toEqual([])
}

const answerTo = (page: Page, question: string): Locator =>
  page.getByRole('region', { name: `Antwort auf: ${question}` }).last()
const wordsOf = async (answer: Locator): Promise<string> => (await answer.locator('[aria-live]').first().textContent()) ?? ''
const isOver = (answer: Locator): Locator => answer.getByText(/^(Fertig\.|Hier endet, was als Länge eingestellt ist\.)$/)

async function ask(page: Page, question: string): Promise<Locator> {
  await page.getByRole('textbox', { name: 'Deine Frage' }).fill(question)
  await page.getByRole('button', { name: 'Fragen', exact: true }).click()
  return answerTo(page, question)
}

/** Asks and waits for the end. @returns the words of the answer */
async function askThrough(page: Page, question: string): Promise<string> {
  const answer = await ask(page, question)
  await expect(isOver(answer)).toBeVisible({ timeout: 120_000 })
  return wordsOf(answer)
}

test('Somebody asks the model that comes with the app, by keyboard, again without a network, and stops an answer', async ({
  box,
  device,
}) => {
  const { context, page } = await device('Anna', { tolerates: NO_BOX })
  await found(page, box.url, 'Anna', 'Issum')
  await keptForOffline(page)
  await page.reload()
  await turnAskingOn(page)
  await expect(page.getByRole('combobox', { name: 'Modell' })).toContainText('Vorführmodell')
  await expect(page.getByText(/kennt nur seinen kleinen Text/)).toBeVisible()
  await expect(page.getByText(/Gerade ist sonst niemand da/)).toBeVisible()
  await expectNoBarrier(page)

  // the whole way by keyboard
  await page.getByRole('textbox', { name: 'Deine Frage' }).focus()
  await page.keyboard.type(QUESTION)
  await page.keyboard.press('Enter')
  const answer = answerTo(page, QUESTION)
  await expect(isOver(answer)).toBeVisible({ timeout: 120_000 })
  const words = await wordsOf(answer)
  expect(words).toMatch(/kochen/i)
  await expect(answer).toContainText('Dieses Gerät hat allein gerechnet.')
  await expect(page.getByRole('textbox', { name: 'Deine Frage' })).toBeFocused()
  await expectNoBarrier(page)

  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await answer.getByRole('button', { name: 'Antwort kopieren' }).click()
  await expect(answer.getByRole('button', { name: 'Kopiert' })).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(words)

  await askThrough(page, 'Danke')
  await expect(page.getByRole('list', { name: 'Gespräch' }).getByRole('region')).toHaveCount(2)

  // one that never ends by itself
  await storeModel(page)
  await page.reload()
  await page.getByRole('combobox', { name: 'Modell' }).selectOption('tiny')
  const endless = await ask(page, 'Wo ist Wasser?')
  await expect(endless.getByText('Die Antwort entsteht …')).toBeVisible()
  await page.getByRole('button', { name: 'Anhalten' }).click()
  await expect(endless.getByText('Angehalten.')).toBeVisible()
  await page.getByRole('combobox', { name: 'Modell' }).selectOption({ label: 'Vorführmodell' })
  await page.getByRole('button', { name: 'Neues Gespräch' }).click()
  await askThrough(page, QUESTION)

  // the catalogue has its place in the settings
  await visit(page, '/settings')
  const inSettings = page.getByRole('region', { name: 'Sprachmodelle' })
  await expect(inSettings).toContainText(/2 Modelle belegen hier [\d,]+\sMB\./)
  await expectNoBarrier(page)
  await inSettings.getByRole('link', { name: 'Zum Katalog der Modelle' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Modelle' })).toBeFocused()
  await expect(page.getByRole('listitem', { name: 'Vorführmodell' })).toContainText('bereit')
  await expectNoBarrier(page)
  await visit(page, '/ask/computers')
  await expect(page.getByRole('list', { name: 'Der Weg eines Wortes' })).toContainText('Dieses Gerät, Schichten 1 bis 6')
  const runs = page.getByRole('region', { name: 'Zuletzt gerechnet' }).getByRole('listitem')
  await expect(runs.filter({ hasText: 'tiny' }).first()).toContainText('angehalten')
  const latencies = page.getByRole('list', { name: 'Was jeder Teil für einen Schritt braucht' })
  await expect(latencies).toContainText(/Vorführmodell, Schichten 1\sbis\s6[\d,]+\sms, Mittel aus 1 Antwort/)
  await expectNoBarrier(page)

  // what was said is still there, and so is the model when nothing else is
  await visit(page, '/ask')
  await expect(isOver(answerTo(page, QUESTION))).toBeVisible()
  await box.stop()
  await reloadOffline(page)
  await expect(page.getByText(/Dieses Gerät hat kein Netz\. Es antwortet/)).toBeVisible()
  expect(await askThrough(page, QUESTION)).toBe(words)
})

/** Lets somebody in whom the community trusts: only they compute for each other (DLM-5). */
async function letIn(founder: Page, box: HouseBox, guest: Device): Promise<void> {
  const link = await invite(founder)
  await joinBy(guest.page, link, guest.name)
  const bus = busOf(founder)
  const subjectOf = async () =>
    (await bus.call(communityGet, {})).community?.members.find(({ display_name }) => display_name === guest.name)?.node_id
  await expect.poll(subjectOf, { message: `${box.url} brought ${guest.name} in` }).toBeDefined()
  const subject = await subjectOf()
  if (subject) await bus.call(communityPromote, { subject, level: 'trusted' })
  await seesDirectly(founder, guest.name)
}

/** Offers all layers of the small model, as a person does. */
async function offerAll(page: Page): Promise<void> {
  await visit(page, '/ask/computers')
  const sharing = page.getByRole('switch', { name: 'Dieses Gerät rechnet für andere mit' })
  await sharing.click({ force: true })
  await expect(sharing).toBeChecked()
  await page.getByRole('form', { name: 'Schichten anbieten' }).getByRole('combobox', { name: 'Modell' }).selectOption('tiny')
  await page.getByRole('button', { name: 'Anbieten', exact: true }).click()
  await expect(page.getByRole('list', { name: 'Was dieses Gerät anbietet' })).toContainText('bereit', { timeout: 60_000 })
}

test('Neighbours compute an answer together; one of them leaves in the middle, another goes on, and the words are the same', async ({
  box,
  device,
}) => {
  test.slow()
  const gone = { tolerates: [/WebRTC|ERR_|data ?channel/i] }
  const anna = await device('Anna', gone)
  const bernd = await device('Bernd', gone)
  const clara = await device('Clara', gone)
  await found(anna.page, box.url, 'Anna', 'Issum')
  await letIn(anna.page, box, bernd)
  await letIn(anna.page, box, clara)
  for (const { page } of [anna, bernd, clara]) await storeModel(page)
  for (const { page } of [anna, bernd, clara]) await turnAskingOn(page)
  await offerAll(bernd.page)

  // alone first: that is what it has to be
  const { page } = anna
  await page.getByRole('combobox', { name: 'Modell' }).selectOption('tiny')
  await page.getByText('Mehr', { exact: true }).click()
  await page.getByLabel('Höchste Länge in Wortstücken').fill(LENGTH)
  await page.getByLabel('Wer rechnen soll').selectOption({ label: 'Nur dieses Gerät' })
  const words = await askThrough(page, 'Wo ist Wasser?')
  expect(words.length).toBeGreaterThan(20)
  await page.getByRole('button', { name: 'Neues Gespräch' }).click()

  await visit(page, '/ask/computers')
  const layers = page.getByRole('region', { name: 'Wer welche Schichten hat' })
  await expect(layers).toContainText('Bernd', { timeout: 60_000 })
  await offerAll(clara.page)
  await expect(layers).toContainText('Clara', { timeout: 60_000 })
  await expectNoBarrier(page)

  await visit(page, '/ask')
  await page.getByText('Mehr', { exact: true }).click()
  await page.getByLabel('Wer rechnen soll').selectOption({ label: 'Gemeinsam mit anderen' })
  const answer = await ask(page, 'Wo ist Wasser?')
  const dialog = page.getByRole('dialog', { name: 'Wer mitrechnet, kann mitlesen' })
  await expect(dialog).toBeVisible()
  await dialog.getByRole('button', { name: 'Einverstanden' }).click()
  const helper = answer.getByRole('list', { name: 'Wer rechnet' }).getByText(/Bernd|Clara/)
  await expect.poll(async () => (await wordsOf(answer)).length, { intervals: [20] }).toBeGreaterThan(3)
  const leaving = (await helper.first().textContent()) === 'Bernd' ? bernd : clara
  const staying = leaving === bernd ? clara : bernd
  await leaving.page.close()
  await expect(answer).toContainText(
    new RegExp(
      `Das Gerät von ${leaving.name} (ist weg|wollte nicht weiterrechnen)\\. Das Gerät von ${staying.name} macht weiter\\.`,
    ),
    { timeout: 60_000 },
  )
  await expect(isOver(answer)).toBeVisible({ timeout: 120_000 })
  expect(await wordsOf(answer)).toBe(words)

  await visit(page, '/ask/computers')
  await expect(page.getByRole('list', { name: 'Was geschah' })).toContainText(`${staying.name} macht weiter.`)
  // agreed once, remembered, and taken back with one press
  await page.getByRole('button', { name: 'Zustimmung zurücknehmen' }).click()
  await expect(page.getByText(/^Noch nicht zugestimmt\./)).toBeVisible()
})
