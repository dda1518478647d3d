import { expect } from '@playwright/test'
import { test } from '../support/fixtures.ts'
import { NO_BOX } from '../support/no-box.ts'
import { reloadOffline } from '../support/offline.ts'
import { found, publishClaim, turnClaimsOn, visit } from '../support/steps.ts'

test('Without a network and without its box the app starts, says so, and has everything', async ({ box, device }) => {
  const { context, page } = await device('Ada', { tolerates: NO_BOX })
  await found(page, box.url, 'Ada', 'Issum')
  await turnClaimsOn(page)
  await publishClaim(page, { subject: 'Brunnen', predicate: 'hat', object: 'Trinkwasser' })
  await page.evaluate(() => navigator.serviceWorker.ready)

  await box.stop()
  await context.setOffline(true)
  await page.goto(box.url)
  await reloadOffline(page)
  expect(await page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
  await expect(page.getByRole('heading', { name: 'Hallo, Ada' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Verbindung: Kein Netz' })).toBeVisible()
  await expect(page.getByText('Dieses Gerät hat kein Netz.')).toBeVisible()
  await visit(page, '/claims')
  await expect(page.getByRole('link', { name: /Brunnen.*Trinkwasser/ })).toBeVisible()

  await publishClaim(page, { subject: 'Apotheke', predicate: 'ist geöffnet', object: 'bis 18 Uhr' })
  await page.reload()
  // the picture of where it comes from says it once more
  await expect(page.getByRole('region', { name: 'ist geöffnet' }).getByText('bis 18 Uhr')).toBeVisible()
})

test('Every screen opens without a network, also one that was never opened with it', async ({ box, device }) => {
  const { context, page } = await device('Ada', { tolerates: NO_BOX })
  await found(page, box.url, 'Ada', 'Issum')
  await page.evaluate(() => navigator.serviceWorker.ready)
  await box.stop()
  await context.setOffline(true)
  for (const [path, heading] of [
    ['/community', 'Issum'],
    ['/claims', 'Aussagen'],
    ['/claims/new', 'Aussage machen'],
    ['/invite', 'Einladen'],
    ['/settings', 'Einstellungen'],
    ['/start', 'Deine Gemeinschaft'],
    ['/nirgends', 'Hier ist nichts'],
  ] as const) {
    await visit(page, path)
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
  }
})

test('The page runs no text as a program and no script that was written into it', async ({ box, device }) => {
  const { page } = await device('Ada', { tolerates: [/Content Security Policy/] })
  const refused = page.waitForEvent('console', (message) => /script-src/.test(message.text()))
  await page.goto(box.url)
  await expect(page.getByRole('heading', { name: 'Willkommen' })).toBeVisible()
  expect(await page.locator('script:not([src])').count()).toBe(0)

  const outcome = await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'document.documentElement.dataset.ran = "yes"'
    document.head.append(script)
    return new Promise<string>((resolve) => {
      // a timer of the page itself: what is evaluated from outside may run text
      const probe = document.createElement('img')
      probe.onerror = () => {
        try {
          // biome-ignore lint/security/noGlobalEval: the point is that it is refused
          resolve(String(globalThis.eval('1')))
        } catch (thrown) {
          resolve(thrown instanceof Error ? thrown.name : 'thrown')
        }
      }
      probe.src = 'data:image/png;base64,'
    })
  })
  expect(outcome).toBe('EvalError')
  expect(await page.evaluate(() => document.documentElement.dataset.ran)).toBeUndefined()
  await refused
})
