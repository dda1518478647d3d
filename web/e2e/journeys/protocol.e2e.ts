import { expect } from '@playwright/test'
import { test } from '../support/fixtures.ts'
import { found, invite, joinBy, visit } from '../support/steps.ts'

test.use({ withoutServiceWorker: true })

test.describe('What a device says of itself', () => {
  test('Somebody reads what their device can do, tells the others, and they see it (PRO-5, PRO-8)', async ({ box, device }) => {
    const { page: anna } = await device('Anna')
    await found(anna, box.url, 'Anna', 'Issum')
    await visit(anna, '/settings')
    await anna.getByRole('link', { name: 'Was dieses Gerät kann, und ob es geprüft ist' }).click()
    await expect(anna.getByRole('heading', { name: 'Was dieses Gerät ist' })).toBeVisible()
    await anna.getByRole('main').getByText('Gemeinschaft', { exact: true }).click()
    await expect(anna.getByText('community.invite 1.0')).toBeVisible()

    const { page: ben } = await device('Ben')
    await joinBy(ben, await invite(anna), 'Ben')
    await visit(anna, '/about/programs')
    await anna.getByRole('button', { name: /womit dieses Gerät läuft/ }).click()
    await expect(anna.getByText('Gesagt.', { exact: false })).toBeVisible()
    await visit(ben, '/about/programs')
    await expect(ben.getByRole('heading', { name: 'HearthNet in the browser' })).toBeVisible({ timeout: 30_000 })
    await expect(ben.getByText(/versteht sich mit diesem Gerät/)).toBeVisible()
  })

  test('Somebody starts the test, sees how far it is, and stops it (CONF-6)', async ({ box, device }) => {
    const { page } = await device('Anna')
    await found(page, box.url, 'Anna', 'Issum')
    await visit(page, '/about/test')
    await page.getByRole('button', { name: 'Prüfung starten' }).click()
    await expect(page.getByText(/^[\d.]+ von [\d.]+, /)).toBeVisible({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Anhalten' }).click()
    await expect(page.getByText('Angehalten.', { exact: false })).toBeVisible({ timeout: 30_000 })
    await expect(page.getByRole('button', { name: 'Prüfung starten' })).toBeEnabled()
  })
})
