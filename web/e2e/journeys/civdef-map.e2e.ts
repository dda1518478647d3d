import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Locator, type Page } from '@playwright/test'
import { ceremonyAccept, ceremonyIssue, ceremonyRequest } from '#protocol/civdef/desk-capabilities.ts'
import { rootSet } from '#protocol/civdef/place-capabilities.ts'
import { secondsTime } from '#protocol/civdef/terms.ts'
import { configSet } from '#protocol/config/capabilities.ts'
import { nodeStatus } from '#protocol/node/capabilities.ts'
import { plainMvt, plainPng, tilesOver, writePmtiles } from '../../../relay/testing/pmtiles.ts'
import type { HouseBox } from '../support/box.ts'
import { busOf } from '../support/bus.ts'
import { test } from '../support/fixtures.ts'
import { NO_BOX } from '../support/no-box.ts'
import { found, invite, joinBy, visit } from '../support/steps.ts'

/** What protomaps-leaflet writes of tiles that were on their way when the box went. */
const NO_TILES = /TypeError: Failed to fetch\s+at FetchSource/
const KLEVE = 'DE.NRW.Kleve'
const HOLD_MS = 1800
const NRW = [5.8, 50.3, 9.5, 52.6] as const
const GREEN = [40, 140, 60] as const

async function liveIn(page: Page, municipality: string): Promise<void> {
  await busOf(page).call(configSet, { civdef: { enabled: true, municipality }, policy: { research: { enable: true } } })
}

/** Makes a device the root of the Land and the head of the Kreis's crisis staff. */
async function certifySelf(page: Page): Promise<void> {
  const bus = busOf(page)
  const { identity } = await bus.call(nodeStatus, {})
  if (!identity) throw new Error('somebody')
  const scopes = ['alert.publish' as const]
  await bus.call(rootSet, { root: identity.node_id, name: 'Land, zur Probe', region: 'DE.NRW' })
  const { text } = await bus.call(ceremonyRequest, {
    role: `${KLEVE}.KatS.Stabsleiter`,
    region: KLEVE,
    title: 'Krisenstab Kleve',
    scopes,
  })
  const expires_at = secondsTime(Date.now() + 30 * 86_400_000)
  const issued = await bus.call(ceremonyIssue, { text, under: null, scopes, expires_at })
  await bus.call(ceremonyAccept, { text: issued.text })
}

/** Requests for maps that a page made, by their paths. */
function mapRequests(page: Page): string[] {
  const asked: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.startsWith('/box/maps')) asked.push(pathname)
  })
  return asked
}

async function putMap(box: HouseBox, name: string, file: Uint8Array): Promise<void> {
  await mkdir(join(box.data, 'maps'), { recursive: true })
  await writeFile(join(box.data, 'maps', name), file)
}

/** The colour in the middle of a tile, whether it is a picture or was painted. */
const colourOf = (tile: Locator): Promise<readonly number[]> =>
  tile.evaluate(async (element) => {
    if (element instanceof HTMLImageElement) await element.decode()
    const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 })
    const context = canvas.getContext('2d')
    if (!(element instanceof HTMLImageElement || element instanceof HTMLCanvasElement) || !context) return []
    context.drawImage(element, element.width / 2, element.height / 2, 1, 1, 0, 0, 1, 1)
    return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)]
  })

async function expectNoBarrier(page: Page): Promise<void> {
  const barriers: string[] = []
  for (const [width, height, colorScheme] of [
    [360, 780, 'dark'],
    [1280, 900, 'light'],
  ] as const) {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme)
    await expect(page.getByRole('application').locator('svg').first()).toBeAttached()
    const { violations } = await new AxeBuilder({ page })
      .setLegacyMode(true)
      .withTags(['wcag2a', 'wcag2aa', 'wcag22aa'])
      .analyze()
    barriers.push(...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`))
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    if (wide > 0) barriers.push(`${wide} px too wide at ${width}`)
  }
  expect(barriers).toEqual([])
}

/** What stands on a map as names, whatever their order. */
const namesOn = (map: Locator): Promise<readonly string[]> =>
  map.locator('.leaflet-marker-pane').locator('span').allTextContents()

test.use({ actionTimeout: 30_000, withoutServiceWorker: true })

test('Who warns draws on the map by keys, and who is warned sees it with their own place; the box adds a picture where it has one (CIV-5, CIV-9)', async ({
  box,
  device,
}) => {
  test.setTimeout(240_000)
  const [{ page: anna }, { page: bert }] = [await device('Anna'), await device('Bert', { tolerates: [...NO_BOX, NO_TILES] })]
  await found(anna, box.url, 'Anna', 'Issum')
  await joinBy(bert, await invite(anna), 'Bert')
  await liveIn(anna, `${KLEVE}.Issum`)
  await liveIn(bert, `${KLEVE}.Geldern`)
  await certifySelf(anna)
  const asked = mapRequests(bert)

  await test.step('Anna draws a rectangle with the keys and hears where it lies', async () => {
    await visit(anna, '/alerts/desk/new')
    await anna.getByRole('radio', { name: /^Warnung/ }).check({ force: true })
    await anna.getByLabel('Überschrift').fill('Rauch über Issum')
    await anna.getByLabel('Was ist los?').fill('Ein Lager brennt.')
    await anna.getByText(/^Eingrenzen/).click()
    expect(await anna.locator('.leaflet-container').count(), 'No map before somebody wants one').toBe(0)
    await anna.getByText('Mit Finger, Maus oder Pfeiltasten zeichnen').click()
    const surface = anna.getByRole('application', { name: /Zeichenfläche/ })
    await expect.poll(() => namesOn(surface)).toContain('Kleve')
    // by the typed degrees, then by keys around it
    for (const [side, degrees] of [
      ['Westen', '6,40'],
      ['Osten', '6,48'],
      ['Süden', '51,50'],
      ['Norden', '51,57'],
    ] as const)
      await anna.getByLabel(side, { exact: true }).fill(degrees)
    const said = anna.getByRole('status').filter({ hasText: 'Das Rechteck' })
    await expect(said).toContainText('Darin liegen die Ortsmitten von Issum.')
    await surface.focus()
    for (const key of ['ArrowLeft', 'ArrowUp', 'Enter']) await surface.press(key)
    await expect(anna.getByText(/Die erste Ecke ist gesetzt/)).toBeVisible()
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter']) await surface.press(key)
    await expect(anna.getByLabel('Westen'), 'The keys draw another one').not.toHaveValue(/^6[.,]40?$/)
    await expect(said).toContainText(
      /Das Rechteck ist etwa [\d,]+ km breit und [\d,]+ km hoch\. Darin liegen die Ortsmitten von Issum/,
    )
    await expect(said).toContainText(/Das Kreuz steht bei 51,\d+° Nord, 6,\d+° Ost\. Das ist [\d,]+ km von Issum, Richtung/)
    await expectNoBarrier(anna)
    await anna.getByRole('button', { name: 'Vorschau ansehen' }).click()
    const preview = anna.getByRole('region', { name: 'Vorschau' }).getByRole('application', { name: 'Karte, Norden ist oben' })
    await expect.poll(() => namesOn(preview), 'She sees it as they will').toContain('Hier gilt sie')
    await anna.getByRole('button', { name: 'Warnung jetzt senden', exact: true }).click({ delay: HOLD_MS })
    await expect(anna.getByRole('heading', { level: 1, name: 'Rückmeldungen' })).toBeVisible()
  })

  const map = bert.getByRole('application', { name: 'Karte, Norden ist oben' })
  const open = async (): Promise<void> => {
    await visit(bert, '/alerts')
    await bert.getByRole('link', { name: /Rauch über Issum/ }).click({ timeout: 45_000 })
    await expect(map).toBeVisible()
    await expect.poll(() => namesOn(map)).toContain('Dein Ort: Geldern')
  }

  await test.step('Bert in Geldern sees the area and his own place, and reads how far it is', async () => {
    await open()
    await expect.poll(() => namesOn(map)).toContain('Issum')
    expect(await map.locator('path.leaflet-interactive').count(), 'Nothing on it is to be pressed').toBe(0)
    const words = bert.getByRole('region', { name: 'Was die Karte zeigt' })
    await expect(words).toContainText(
      /Von Geldern aus liegt seine Mitte etwa \d+(,\d)? km entfernt, Richtung (Nordosten|Osten)\./,
    )
    await expect(words.getByRole('listitem').first()).toHaveText('Geldern: das ist dein Ort')
    await expect(words).toContainText('Issum: etwa 7,8 km, Richtung Osten')
    await expect(bert.getByText(/GeoNames, CC BY 4\.0/)).toBeVisible()
    expect(asked, 'The box says that it has no map, and nothing else is asked').toEqual(['/box/maps.json'])
    await expectNoBarrier(bert)
  })

  await test.step('The map is moved and scaled by keys alone', async () => {
    await map.focus()
    const scale = map.locator('.leaflet-control-scale-line')
    const before = await scale.textContent()
    for (const key of ['+', '+']) await map.press(key)
    await expect(scale).not.toHaveText(before ?? '')
    const names = await namesOn(map)
    for (let press = 0; press < 12; press++) await map.press('ArrowUp')
    await expect.poll(() => namesOn(map)).not.toEqual(names)
  })

  await test.step('With a map of pictures on the box its tiles lie below, and their maker is named', async () => {
    const tiles = tilesOver(NRW, [6, 9], plainPng(GREEN))
    const metadata = { attribution: '<a href="https://example.org">© Niemand</a><img src=x onerror=alert(1)>' }
    await putMap(box, 'bilder.pmtiles', writePmtiles({ type: 'png', tiles, bounds: NRW, metadata }))
    await open()
    const tile = map.locator('img.leaflet-tile-loaded')
    await expect(tile.first()).toBeVisible()
    expect(await colourOf(tile.first())).toEqual([...GREEN])
    await expect(bert.getByText('Kartenbild: © Niemand')).toBeVisible()
    expect(await namesOn(map)).toContain('Issum')
    expect(new Set(asked)).toEqual(new Set(['/box/maps.json', '/box/maps/bilder.pmtiles']))
    await expectNoBarrier(bert)
  })

  await test.step('With a map of vectors as well they are painted above it', async () => {
    const tiles = tilesOver(NRW, [6, 9], plainMvt(['earth', 'water']))
    await putMap(box, 'vektoren.pmtiles', writePmtiles({ type: 'mvt', tiles, bounds: NRW }))
    await open()
    const tile = map.locator('canvas.leaflet-tile-loaded')
    await expect(tile.first()).toBeVisible()
    const [red = 0, , blue = 0] = await colourOf(tile.first())
    expect(blue, 'Water is blue').toBeGreaterThan(red)
  })

  await test.step('With the box gone the map has its points and its area, and the page says the same', async () => {
    await box.unplug()
    await open()
    await expect.poll(() => namesOn(map)).toContain('Issum')
    await expect(map.locator('.leaflet-tile')).toHaveCount(0)
    await expect(bert.getByRole('region', { name: 'Was die Karte zeigt' })).toContainText('Issum: etwa 7,8 km')
    await box.plugIn()
  })
})
