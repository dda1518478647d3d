import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { BUILT_APP, startBox } from '../support/box.ts'
import { test as journeys } from '../support/fixtures.ts'
import { found, publishClaim, shortId, turnClaimsOn, visit } from '../support/steps.ts'

/** Puts another build of the app where the box serves it from. */
type Release = () => Promise<void>

const test = journeys.extend<{ folder: string; release: Release }>({
  folder: async ({ baseURL: _ }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'hearthnet-build-'))
    await cp(BUILT_APP, folder, { recursive: true })
    await use(folder)
    await rm(folder, { recursive: true, force: true })
  },
  box: async ({ folder }, use) => {
    const box = await startBox(folder)
    await use(box)
    await box.stop()
  },
  release: ({ folder }, use) =>
    use(async () => {
      const [page, worker] = [join(folder, 'index.html'), join(folder, 'sw.js')]
      const html = await readFile(page, 'utf8')
      await writeFile(page, html.replace('<html ', '<html data-build="next" '))
      const script = await readFile(worker, 'utf8')
      const listed = /"revision":"[0-9a-f]{32}","url":"index\.html"/
      expect(script).toMatch(listed)
      await writeFile(worker, script.replace(listed, `"revision":"${'0'.repeat(32)}","url":"index.html"`))
    }),
})

const READY = 'Eine neue Version ist bereit.'

/** From then on a new version is an update and not the first one. */
const isServed = () => navigator.serviceWorker.controller !== null
const lookForUpdate = () => navigator.serviceWorker.ready.then((registration) => registration.update())

test('A new version waits for the person, then the page loads once and nothing is lost', async ({ box, device, release }) => {
  const { page } = await device('Ada')
  await found(page, box.url, 'Ada', 'Issum')
  await turnClaimsOn(page)
  await publishClaim(page, { subject: 'Brunnen', predicate: 'hat', object: 'Trinkwasser' })
  const id = await shortId(page)
  await page.reload()
  await expect(page.getByText(id)).toBeVisible()

  await release()
  await page.evaluate(lookForUpdate)
  await expect(page.getByText(READY)).toBeVisible()
  expect(await page.locator('html').getAttribute('data-build')).toBeNull()

  let loads = 0
  page.on('load', () => {
    loads++
  })
  await page.getByRole('button', { name: 'Jetzt wechseln' }).click()
  await expect(page.locator('html[data-build="next"]')).toBeAttached()
  await expect(page.getByText(id)).toBeVisible()
  await expect(page.getByText(READY)).toBeHidden()
  await visit(page, '/claims')
  await expect(page.getByRole('link', { name: /Brunnen.*Trinkwasser/ })).toBeVisible()
  await visit(page, '/')
  await expect(page.getByRole('heading', { name: 'Hallo, Ada' })).toBeVisible()
  await expect(page.getByText('„Issum“')).toBeVisible()
  expect(loads).toBe(1)
})

test('A second tab is not changed under the hands of the person, and changes by its own button', async ({
  box,
  device,
  release,
}) => {
  const { context, page } = await device('Ada')
  await found(page, box.url, 'Ada', 'Issum')
  // the first visit installs the service worker, the next ones are served by it
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.reload()
  const second = await context.newPage()
  await second.goto(box.url)
  await expect(second.getByRole('heading', { name: 'Hallo, Ada' })).toBeVisible()
  for (const tab of [page, second]) await expect.poll(() => tab.evaluate(isServed)).toBe(true)

  await release()
  await page.evaluate(lookForUpdate)
  for (const tab of [page, second]) await expect(tab.getByText(READY)).toBeVisible()
  await page.getByRole('button', { name: 'Jetzt wechseln' }).click()
  await expect(page.locator('html[data-build="next"]')).toBeAttached()
  await expect(page.getByRole('heading', { name: 'Hallo, Ada' })).toBeVisible()

  expect(await second.locator('html').getAttribute('data-build')).toBeNull()
  await second.getByRole('button', { name: 'Jetzt wechseln' }).click()
  await expect(second.locator('html[data-build="next"]')).toBeAttached()
  await expect(second.getByRole('heading', { name: 'Hallo, Ada' })).toBeVisible()
  await expect(second.getByText(READY)).toBeHidden()
})
