import { type BrowserContextOptions, expect, type Page } from '@playwright/test'
import type { Box } from '../../../relay/box.ts'
import { barriersOf } from '../support/barriers.ts'
import { type Device, type DeviceOptions, test } from '../support/fixtures.ts'
import { invite, joinBy, publishClaim, settleIn, turnClaimsOn, visit } from '../support/steps.ts'

test.use({ withoutServiceWorker: true })

type Open = (name: string, options: DeviceOptions) => Promise<Device>
/** Looks at one screen, however it came to be shown. */
type Look = (page: Page, screen: string) => Promise<void>

const PHONE = { width: 360, height: 740 }
const DESK = { width: 1280, height: 720 }

/** Longer than most, and nowhere to break. */
const LONG = 'Donaudampfschifffahrtsgesellschaftskapitänskajütenschlüsselbund'
const TURNHALLE = {
  subject: `Turnhalle ${LONG}`,
  predicate: 'ist',
  object: `Sammelpunkt ${LONG}`,
  url: `https://issum.example/${LONG}`,
}

/** Goes through every screen of claims: with what was just said, and with the examples. */
async function walkClaims(page: Page, neighbour: Page, look: Look): Promise<void> {
  await visit(page, '/claims/options')
  await page.getByRole('button', { name: 'Beispiele laden' }).click()
  await expect(page.getByRole('button', { name: 'Beispiele entfernen' })).toBeVisible()
  await look(page, 'claim options')
  await visit(page, '/claims')
  await page.getByRole('link').filter({ hasText: 'bestritten' }).first().click()
  await page.getByText('Dasselbe als Liste').click()
  await look(page, 'claim with provenance')
  await page.getByRole('link', { name: 'Alles, was dazu gesagt wird' }).click()
  await expect(page.getByRole('region', { name: 'Wer widerspricht' })).toBeVisible()
  await look(page, 'subject')
  await visit(page, '/claims/options')
  await page.getByRole('button', { name: 'Beispiele entfernen' }).click()
  await expect(page.getByRole('button', { name: 'Beispiele laden' })).toBeVisible()
  await visit(page, '/claims/new')
  await page.getByLabel('Worum geht es').fill('Brunnen')
  await page.getByRole('combobox', { name: 'Was davon' }).fill('ist')
  await page.getByLabel('Angabe').fill(`offen ${LONG}`)
  await page.getByRole('button', { name: 'Als Entwurf aufheben' }).click()
  await visit(page, '/claims/inbox')
  await expect(page.getByRole('button', { name: /Unterschreiben/ })).toBeVisible()
  await look(page, 'inbox')
  await visit(page, '/claims/check')
  await expect(page.getByRole('button', { name: 'Datei wählen' })).toBeVisible()
  await look(page, 'check a proof')

  await turnClaimsOn(neighbour)
  await neighbour.getByRole('link', { name: /Turnhalle/ }).click({ timeout: 60_000 })
  for (const [link, submit] of [
    ['Bestätigen', 'Bestätigen'],
    ['Widersprechen', 'Widersprechen'],
  ] as const) {
    await neighbour.getByRole('link', { name: link }).click()
    await neighbour.getByRole('button', { name: submit }).click()
    await look(neighbour, `${link}, with mistakes`)
    await neighbour.goBack()
  }
}

/** Goes through every main screen, with a neighbour connected, and looks at each. */
async function walk(box: Box, open: Open, browser: BrowserContextOptions, look: Look): Promise<void> {
  const { page } = await open('Ada', { browser })
  await page.goto(box.url)
  await expect(page.getByLabel('Dein Name')).toBeVisible()
  await look(page, 'welcome')
  await page.getByLabel('Dein Name').fill('Ada')
  await page.getByRole('button', { name: 'Los geht’s' }).click()
  await expect(page.getByLabel('Passwort für die Datei')).toBeVisible()
  await look(page, 'recovery file')
  await page.getByRole('button', { name: 'Später' }).click()
  await expect(page.getByLabel('Name der Gemeinschaft')).toBeVisible()
  await look(page, 'start')
  await page.getByLabel('Name der Gemeinschaft').fill('Issum')
  await page.getByRole('button', { name: 'Gemeinschaft gründen' }).click()
  await expect(page.getByRole('navigation', { name: 'Bereiche' })).toBeVisible()
  await visit(page, '/claims')
  await expect(page.getByRole('button', { name: 'Einschalten' })).toBeVisible()
  await look(page, 'claims, switched off')
  await turnClaimsOn(page)
  await publishClaim(page, TURNHALLE)
  await look(page, 'claim')
  const link = await invite(page)
  await look(page, 'invite')

  const { page: neighbour } = await open('Ben', { browser })
  await neighbour.goto(link)
  await expect(neighbour.getByRole('button', { name: 'Namen geben und weiter' })).toBeVisible()
  await look(neighbour, 'join')
  await joinBy(neighbour, link, `Ben ${LONG}`.slice(0, 64))
  await walkClaims(page, neighbour, look)

  await visit(page, '/')
  await expect(page.getByText('1 Nachbar direkt verbunden')).toBeVisible({ timeout: 30_000 })
  await look(page, 'home')
  await visit(page, '/community')
  await expect(page.getByText('2 Mitglieder')).toBeVisible()
  await look(page, 'community')
  await visit(page, '/claims')
  await expect(page.getByRole('link', { name: /Turnhalle/ })).toBeVisible()
  await look(page, 'claims')
  await visit(page, '/claims/new')
  await page.getByRole('button', { name: 'Webseite' }).click()
  await page.getByRole('button', { name: 'Aussage veröffentlichen' }).click()
  await expect(page.getByText('Sieh dir die markierten Felder an.')).toBeVisible()
  await look(page, 'claim form with mistakes')
  await visit(page, '/settings')
  await expect(page.getByText(/ belegt$/)).toBeVisible()
  await look(page, 'settings')
  await visit(page, '/claims/nothing')
  await expect(page.getByRole('alert')).toBeVisible()
  await look(page, 'no such claim')
  await visit(page, '/nowhere')
  await expect(page.getByRole('heading', { name: 'Hier ist nichts' })).toBeVisible()
  await look(page, 'no such page')
}

/** A device on which the node cannot start, with the page that says so. */
async function showFailure(box: Box, open: Open, browser: BrowserContextOptions): Promise<Page> {
  const { context, page } = await open('Eve', { browser, tolerates: [/ERR_FAILED|worker/i] })
  await context.route(/node\.worker/, (route) => route.abort())
  await page.goto(box.url)
  await expect(page.getByRole('heading', { name: 'HearthNet konnte nicht starten' })).toBeVisible()
  return page
}

/** What a screen does that it should not, so soon after it is shown that a transition would still run. A change of colour is no motion. */
const motionOf = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    document
      .getAnimations()
      .filter((animation) => Number(animation.effect?.getComputedTiming().duration) > 10)
      .map((animation) => (animation instanceof CSSTransition ? animation.transitionProperty : animation.id || 'animation'))
      .filter((property) => !/color|shadow|outline|fill|stroke/.test(property)),
  )

// on a phone the page scrolls in the window, and would hide from the window how wide it is
const widthOf = (page: Page): Promise<number> =>
  page.evaluate(() => Math.max(document.documentElement.scrollWidth, document.querySelector('main')?.scrollWidth ?? 0))

// One walk for all that is asked of every screen: to come to a screen takes longer than to look at it.
test('On every screen a machine finds no barrier in light and in dark (WCAG 2.2 AA), none is wider than a phone, and nothing moves for who asked for less motion', async ({
  box,
  device,
}) => {
  test.slow()
  const found: string[] = []
  const look: Look = async (page, screen) => {
    const note = (what: string): void => void found.push(`${screen}: ${what}`)
    for (const property of await motionOf(page)) note(`${property} moves`)
    const width = await widthOf(page)
    if (width > PHONE.width) note(`${width} px wide on a phone of ${PHONE.width} px`)
    for (const viewport of [DESK, PHONE]) {
      await page.setViewportSize(viewport)
      for (const barrier of await barriersOf(page)) note(barrier)
    }
  }
  const browser = { viewport: PHONE, hasTouch: true, reducedMotion: 'reduce', colorScheme: 'light' } as const
  await walk(box, device, browser, look)
  await look(await showFailure(box, device, browser), 'failure')
  expect(found).toEqual([])
})

test('The page says which language it is in, and changes all its words when the person changes it', async ({ box, device }) => {
  const { page } = await device('Ada')
  await page.goto(box.url)
  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
  await page.getByText('English').click()
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await expect(page.getByRole('heading', { name: 'Welcome' })).toBeVisible()
  await expect(page).toHaveTitle('Welcome · HearthNet')
  await page.getByText('Deutsch').click()
  await settleIn(page, 'Ada')
  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
})
