import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { launchOptions } from '../../../scripts/lib/browser.mjs'
import { test } from '../support/fixtures.ts'
import { found, settleIn, turnClaimsOn } from '../support/steps.ts'

interface Manifest {
  readonly icons: readonly { readonly src: string; readonly sizes: string }[]
  readonly shortcuts: readonly { readonly name: string; readonly url: string }[]
}

test('The browser finds nothing that stands against installing the app', async ({ box, playwright }) => {
  // a private window, as every other journey has, cannot install anything
  const profile = await mkdtemp(join(tmpdir(), 'hearthnet-profile-'))
  const context = await playwright.chromium.launchPersistentContext(profile, { ...launchOptions(), locale: 'de-DE' })
  const page = await context.newPage()
  await page.goto(box.url)
  await page.evaluate(() => navigator.serviceWorker.ready)
  const devtools = await context.newCDPSession(page)
  const manifest = await devtools.send('Page.getAppManifest')
  expect(manifest.errors).toEqual([])
  expect(manifest.url).toBe(new URL('/manifest.webmanifest', box.url).href)
  expect((await devtools.send('Page.getInstallabilityErrors')).installabilityErrors).toEqual([])
  await context.close()
  await rm(profile, { recursive: true, force: true })
})

test('Every icon of the manifest is there in the size it names, and every shortcut leads to its screen', async ({
  box,
  device,
}) => {
  const { page } = await device('Ada')
  await found(page, box.url, 'Ada', 'Issum')
  await turnClaimsOn(page)
  const manifest = await page.evaluate(async (): Promise<Manifest> => (await fetch('/manifest.webmanifest')).json())
  const sizes = await page.evaluate(
    (icons) =>
      Promise.all(
        icons.map(async ({ src }) => {
          const image = new Image()
          image.src = src
          await image.decode()
          return `${image.naturalWidth}x${image.naturalHeight}`
        }),
      ),
    manifest.icons,
  )
  for (const [at, { src, sizes: named }] of manifest.icons.entries()) {
    if (named !== 'any') expect.soft(sizes[at], src).toBe(named)
  }

  expect(manifest.shortcuts.map(({ name }) => name)).toEqual(['Einladen', 'Aussage machen'])
  for (const { name, url } of manifest.shortcuts) {
    const opened = await page.context().newPage()
    await opened.goto(new URL(url, box.url).href)
    await expect(opened.getByRole('heading', { level: 1, name })).toBeVisible()
    await opened.close()
  }
})

const SHARED = new URLSearchParams({
  share_title: 'Wasserwerk Issum',
  share_text: 'Das Wasser ist wieder sauber. https://wasserwerk.example/meldung',
})

test('What another app shares stands in the form, and a reload does not write it twice', async ({ box, device }) => {
  const { page } = await device('Ada')
  await found(page, box.url, 'Ada', 'Issum')
  await turnClaimsOn(page)
  await page.goto(new URL(`/?${SHARED}`, box.url).href)
  await expect(page.getByLabel('Worum geht es')).toHaveValue('Wasserwerk Issum')
  await expect(page.getByLabel('Angabe')).toHaveValue('Das Wasser ist wieder sauber.')
  await expect(page.getByLabel('Adresse der Webseite')).toHaveValue('https://wasserwerk.example/meldung')
  expect(new URL(page.url()).search).toBe('')
})

test('What is shared with a new device waits until the person has a name and a community', async ({ box, device }) => {
  const { page } = await device('Ada')
  const shared = new URLSearchParams({ share_title: 'Brunnen', share_url: 'https://issum.example/brunnen' })
  await page.goto(new URL(`/?${shared}`, box.url).href)
  await settleIn(page, 'Ada')
  await page.getByLabel('Name der Gemeinschaft').fill('Issum')
  await page.getByRole('button', { name: 'Gemeinschaft gründen' }).click()
  await page.getByRole('button', { name: 'Einschalten' }).click()
  await expect(page.getByLabel('Worum geht es')).toHaveValue('Brunnen')
  await expect(page.getByLabel('Adresse der Webseite')).toHaveValue('https://issum.example/brunnen')
})
