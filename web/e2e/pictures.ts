import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, chromium, expect, type Page } from '@playwright/test'
import { launchOptions } from '../../scripts/lib/browser.mjs'
import { startBox } from './support/box.ts'
import { type ClaimText, found, invite, joinBy, publishClaim, turnAskingOn, turnClaimsOn, visit } from './support/steps.ts'

const COLOURS = ['light', 'dark'] as const
const SIZES = [
  { width: 360, height: 780 },
  { width: 820, height: 1180 },
  { width: 1440, height: 1200 },
] as const

const ANNA: readonly ClaimText[] = [
  { subject: 'Apotheke am Markt', predicate: 'ist geöffnet', object: 'montags bis freitags von 8 bis 18 Uhr' },
  {
    subject: 'Turnhalle Issum',
    predicate: 'ist',
    object: 'Sammelpunkt bei Stromausfall. Eingang auf der Rückseite, Schlüssel beim Hausmeister.',
    url: 'https://issum.example/sammelpunkte',
  },
]
const BERT: readonly ClaimText[] = [
  { subject: 'Brunnen am Rathaus', predicate: 'hat', object: 'Trinkwasser, zuletzt geprüft im Oktober' },
]
const CEM: readonly ClaimText[] = [
  {
    subject: 'Notstromgenerator',
    predicate: 'liegt bei',
    object: 'Familie Yılmaz, Gartenstraße 4. Reicht für zwei Kühlschränke.',
    url: 'https://gartenstrasse.example/generator',
  },
]

async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ locale: 'de-DE', reducedMotion: 'reduce' })
  return context.newPage()
}

/** Pictures of what is on the screen in every size and colour, as `<name>-<width>-<colour>.png`. */
async function photograph(page: Page, name: string, folder: string): Promise<void> {
  await page.mouse.move(0, 0)
  for (const viewport of SIZES) {
    await page.setViewportSize(viewport)
    for (const colorScheme of COLOURS) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme)
      await page.screenshot({ path: join(folder, `${name}-${viewport.width}-${colorScheme}.png`), animations: 'disabled' })
    }
  }
}

interface Screen {
  readonly name: string
  readonly path: string
  /** What must be on it before its picture is taken. */
  readonly shows: string | RegExp
}

async function takePictures(page: Page, { name, path, shows }: Screen, folder: string): Promise<void> {
  await visit(page, path)
  await expect(page.getByText(shows).first()).toBeVisible({ timeout: 60_000 })
  await photograph(page, name, folder)
}

async function publishAll(page: Page, claims: readonly ClaimText[]): Promise<void> {
  await turnClaimsOn(page)
  for (const claim of claims) await publishClaim(page, claim)
}

/** Four neighbours of Issum, connected and with something to say. @returns Anna's page */
async function settle(browser: Browser, url: string): Promise<Page> {
  const anna = await newPage(browser)
  await found(anna, url, 'Anna', 'Issum')
  await publishAll(anna, ANNA)
  for (const [name, claims] of [
    ['Bert', BERT],
    ['Cem', CEM],
    ['Doris', []],
  ] as const) {
    const link = await invite(anna)
    const neighbour = await newPage(browser)
    await joinBy(neighbour, link, name)
    await publishAll(neighbour, claims)
    await visit(neighbour, '/')
  }
  await visit(anna, '/')
  await expect(anna.getByRole('link', { name: /3 Nachbarn direkt verbunden/ })).toBeVisible({ timeout: 60_000 })
  return anna
}

/** Screens that a person sees before there is a community. */
async function photographStart(browser: Browser, url: string, folder: string): Promise<void> {
  const page = await newPage(browser)
  await page.goto(url)
  await takePictures(page, { name: 'welcome', path: '/welcome', shows: 'Wie sollen die anderen dich nennen?' }, folder)
  await page.getByLabel('Dein Name').fill('Doris')
  await page.getByRole('button', { name: 'Los geht’s' }).click()
  await takePictures(page, { name: 'recovery', path: '/welcome', shows: 'Sicherungsdatei anlegen' }, folder)
  await page.getByRole('button', { name: 'Später' }).click()
  await takePictures(page, { name: 'start', path: '/start', shows: 'Name der Gemeinschaft' }, folder)
}

/** Asking, with an answer of the model that comes with the app, and what computed it. */
async function photographAsking(page: Page, folder: string): Promise<void> {
  await turnAskingOn(page)
  await page.getByRole('button', { name: 'Wie mache ich Wasser trinkbar?' }).click()
  await takePictures(page, { name: 'ask', path: '/ask', shows: 'Fertig.' }, folder)
  await takePictures(
    page,
    { name: 'computers', path: '/ask/computers', shows: 'Die Frage wird gelesen, Wort für Wort' },
    folder,
  )
  await takePictures(page, { name: 'models', path: '/ask/models', shows: 'bereit' }, folder)
}

async function photographHome(browser: Browser, url: string, folder: string): Promise<void> {
  const page = await settle(browser, url)
  const link = await invite(page)
  await takePictures(page, { name: 'home', path: '/', shows: 'Familie Yılmaz' }, folder)
  await takePictures(page, { name: 'community', path: '/community', shows: /Antwort nach/ }, folder)
  await takePictures(page, { name: 'claims', path: '/claims', shows: 'Familie Yılmaz' }, folder)
  const claim = page.getByRole('link', { name: /Turnhalle Issum/ })
  await visit(page, '/claims')
  const path = (await claim.getAttribute('href'))?.slice(1) ?? '/claims'
  await takePictures(page, { name: 'claim', path, shows: 'geprüft, sie stimmt' }, folder)
  await takePictures(page, { name: 'claim-form', path: '/claims/new', shows: 'Woher weißt du das?' }, folder)
  await takePictures(page, { name: 'settings', path: '/settings', shows: / belegt$/ }, folder)
  await photographAsking(page, folder)
  await takePictures(page, { name: 'nothing', path: '/nowhere', shows: 'Hier ist nichts' }, folder)

  await invite(page)
  await photograph(page, 'invite', folder)
  const guest = await newPage(browser)
  await guest.goto(link)
  await takePictures(guest, { name: 'join', path: new URL(link).hash.slice(1), shows: 'Was Beitreten bedeutet' }, folder)
}

const [folder = 'test-results/pictures'] = process.argv.slice(2)
await mkdir(folder, { recursive: true })
const box = await startBox()
const browser = await chromium.launch({ ...launchOptions(), headless: true })
try {
  await photographStart(browser, box.url, folder)
  await photographHome(browser, box.url, folder)
} finally {
  await browser.close()
  await box.stop()
}
process.exit(0)
