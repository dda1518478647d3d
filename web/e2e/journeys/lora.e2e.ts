import { expect, type Locator, type Page } from '@playwright/test'
import { barriersOf } from '../support/barriers.ts'
import { test } from '../support/fixtures.ts'
import { found, invite, joinBy, turnRadioOn, visit } from '../support/steps.ts'
import { joinByAir, plugStickIn } from '../support/sticks.ts'

test.use({ withoutServiceWorker: true })

const SIZES = [
  { width: 360, height: 780 },
  { width: 1280, height: 900 },
] as const
const SIMULATION = 'Funk ist hier eine Simulation'

const simulationBanner = (page: Page): Locator => page.getByRole('note').filter({ hasText: SIMULATION })
const fine = (page: Page): Locator => page.getByRole('button', { name: 'Mir geht es gut' })
const help = (page: Page): Locator => page.getByRole('button', { name: /^(Hilfe|Weiter halten)/ })
const senders = (page: Page): Locator => page.getByRole('list', { name: 'Absender, die zu hören sind' }).getByRole('listitem')

async function tryWithoutStick(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Ohne Stick ausprobieren' }).click()
  await expect(simulationBanner(page)).toBeVisible()
  await expect(fine(page)).toBeEnabled()
}

/** Holds the button with the mouse until it has been long enough. */
async function holdHelp(page: Page): Promise<Locator> {
  const countdown = page.getByRole('alertdialog', { name: /^Hilferuf in \d Sekunden$/ })
  await help(page).hover()
  await page.mouse.down()
  await expect(countdown).toBeVisible()
  await page.mouse.up()
  return countdown
}

/** What a machine can find, in both colours and on both sizes. */
async function expectNoBarrier(page: Page, sizes: readonly (typeof SIZES)[number][] = SIZES): Promise<void> {
  const barriers: string[] = []
  for (const size of sizes) {
    await page.setViewportSize(size)
    barriers.push(...(await barriersOf(page)))
  }
  expect(barriers).toEqual([])
}

test('Somebody without a stick tries the radio out, and every screen says that it is a simulation', async ({ box, device }) => {
  const { page } = await device('Anna')
  await found(page, box.url, 'Anna', 'Issum')
  await turnRadioOn(page)
  await expectNoBarrier(page)
  await tryWithoutStick(page)

  await expect(senders(page).first()).toContainText('Unbekannter Absender', { timeout: 40_000 })
  await fine(page).click()
  await expect(page.getByText(/^Um \d\d:\d\d gesendet\./)).toBeVisible()
  await expectNoBarrier(page)

  for (const path of ['/', '/community', '/settings', '/lora/stick']) {
    await visit(page, path)
    await expect(simulationBanner(page)).toBeVisible()
  }
  await page.getByRole('button', { name: 'Selbsttest starten' }).click()
  await expect(page.getByText('Alles in Ordnung.')).toBeVisible({ timeout: 30_000 })
  await expectNoBarrier(page)
  await simulationBanner(page).getByRole('button', { name: 'Simulation beenden' }).click()
  await expect(simulationBanner(page)).toBeHidden()
})

test('A call for help needs a gesture, can be stopped while it counts down, and goes when nobody stops it', async ({
  box,
  device,
}) => {
  const { page } = await device('Anna')
  await found(page, box.url, 'Anna', 'Issum')
  await turnRadioOn(page)
  await tryWithoutStick(page)
  const calling = page.getByRole('status').filter({ hasText: 'Du rufst um Hilfe' })

  // a tap is no gesture; for whoever cannot hold, it brings a second button
  await help(page).click()
  const without = page.getByRole('button', { name: 'Ohne Halten weiter: Hilfe rufen' })
  await expect(without).toBeVisible()

  const countdown = await holdHelp(page)
  await expect(countdown).toContainText('Simulation: Es wird nichts gesendet')
  await expectNoBarrier(page, [SIZES[0]])
  await countdown.getByRole('button', { name: 'Stopp, nicht senden' }).click()
  await expect(countdown).toBeHidden()
  await expect(help(page)).toBeFocused()

  // with the keyboard: the key that is still down stops nothing, the next one does
  await page.keyboard.down('Enter')
  await expect(countdown).toBeVisible()
  await page.keyboard.down('Enter')
  await expect(countdown.getByRole('button', { name: 'Stopp, nicht senden' })).toBeFocused()
  await expect(countdown).toBeVisible()
  await page.keyboard.up('Enter')
  await page.keyboard.press('Enter')
  await expect(countdown).toBeHidden()
  await expect(calling).toBeHidden()

  await holdHelp(page)
  await expect(countdown).toBeHidden({ timeout: 12_000 })
  await expect(calling).toContainText('3 von 3 Funksprüchen sind hinaus.')
  await visit(page, '/community')
  await expect(page.getByRole('note').filter({ hasText: 'Du rufst über Funk um Hilfe.' })).toBeVisible()
  await page.getByRole('link', { name: 'Zum Hilferuf' }).click()
  await page.getByRole('button', { name: 'Hilferuf beenden' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Hilferuf beenden' }).click()
  await expect(calling).toBeHidden()
})

/** Chooses the stick as a person does; the browser's list is answered by the journey. */
async function attachStick(page: Page): Promise<void> {
  await visit(page, '/lora/stick')
  await page.getByRole('radio', { name: /^Meshtastic/ }).check()
  await page.getByRole('button', { name: 'Stick auswählen' }).click()
  await expect(page.getByRole('region', { name: 'Wie es ihm geht' })).toContainText('Bereit', { timeout: 20_000 })
}

test('Two neighbours hear each other by stick, one confirms the other, and a call for help takes the whole screen (LOR-3, LOR-4)', async ({
  box,
  device,
}) => {
  test.setTimeout(180_000)
  const [{ page: anna }, { page: bert }] = [await device('Anna'), await device('Bert')]
  await found(anna, box.url, 'Anna', 'Issum')
  await joinBy(bert, await invite(anna), 'Bert')
  joinByAir([await plugStickIn(anna), await plugStickIn(bert)])
  for (const page of [anna, bert]) {
    await turnRadioOn(page)
    await attachStick(page)
    await visit(page, '/lora')
  }

  // a stick that is sending itself hears nothing meanwhile: whoever wants to be heard says it again
  const sender = senders(anna).filter({ hasText: /Bert/ })
  await expect(async () => {
    await fine(bert).click()
    await expect(sender).toContainText('Bitte bestätigen', { timeout: 8000 })
  }).toPass({ timeout: 40_000 })
  await expect(sender).toContainText(/(angeblich|vielleicht) Bert/)
  const shortId = await bert
    .getByText(/^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/)
    .first()
    .textContent()
  await sender.getByRole('link').click()
  await expect(anna.getByRole('region', { name: 'Bestätigen durch Vergleichen' })).toContainText(shortId ?? 'no id')
  await expectNoBarrier(anna)
  await anna.getByRole('button', { name: 'Stimmt überein, das ist Bert' }).click()
  const confirmed = anna.getByText('Du hast bestätigt, dass dieses Rufzeichen Bert gehört.')
  await expect(confirmed).toBeVisible()

  // the other way: it is taken back, and confirmed by a photo of the code on Bert's screen
  await anna.getByRole('button', { name: 'Entscheidung zurücknehmen' }).click()
  await anna.getByRole('dialog').getByRole('button', { name: 'Entscheidung zurücknehmen' }).click()
  const scan = anna.getByRole('region', { name: 'Bestätigen mit dem QR-Code' })
  const buffer = await bert.getByRole('img', { name: 'QR-Code mit deiner Kennung' }).screenshot()
  await scan.locator('input[type="file"]').setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer })
  await expect(confirmed).toBeVisible()

  await visit(anna, '/')
  await holdHelp(bert)
  await bert.getByRole('button', { name: 'Sofort senden' }).click()
  const notice = anna.getByRole('alertdialog', { name: 'Bert ruft um Hilfe' })
  await expect(notice).toBeVisible({ timeout: 30_000 })
  await expect(notice).toContainText('Sicher: Dieser Hilferuf kommt von dieser Person.')
  await expect(notice, 'What is sure looks like nothing else').toHaveAttribute('data-tone', 'bad')
  await expect(notice).toContainText(/Seit \d\d:\d\d/)
  await expect(notice.getByRole('button', { name: 'Ton aus' })).toBeVisible()
  await anna.keyboard.press('Escape')
  await expect(notice, 'A slip of the hand takes it not away').toBeVisible()
  await expectNoBarrier(anna)
  await notice.getByRole('button', { name: 'Gesehen' }).click()
  await expect(anna.getByRole('alertdialog')).toBeHidden()
  await anna.reload()
  await expect(anna.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(anna.getByRole('alertdialog')).toBeHidden()
})
