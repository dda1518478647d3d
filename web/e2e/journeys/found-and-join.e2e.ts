import { expect, type Page } from '@playwright/test'
import { communityInvite } from '#protocol/community/capabilities.ts'
import { busOf } from '../support/bus.ts'
import { test } from '../support/fixtures.ts'
import { found, invite, joinBy, seesDirectly, settleIn } from '../support/steps.ts'

/** Opens an invite on a new device as far as the button that joins. */
async function arriveAtDoor(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link)
  await page.getByRole('button', { name: 'Namen geben und weiter' }).click()
  await settleIn(page, name)
}

test('Anna founds Issum, Bert joins by her link, and each sees the other directly connected', async ({ box, device }) => {
  const { page: anna } = await device('Anna')
  await found(anna, box.url, 'Anna', 'Issum')
  const link = await invite(anna)
  await expect(anna.getByRole('img', { name: 'QR-Code mit dem Einladungslink' })).toBeVisible()
  expect(link).toMatch(/#\/join\/\S+$/)

  const { page: bert } = await device('Bert')
  await bert.goto(link)
  await expect(bert.getByText('Anna lädt dich in die Gemeinschaft „Issum“ ein.')).toBeVisible()
  await bert.getByRole('button', { name: 'Namen geben und weiter' }).click()
  await expect(bert.getByText('Du bist eingeladen.')).toBeVisible()
  await settleIn(bert, 'Bert')
  await bert.getByRole('button', { name: 'Beitreten' }).click()
  await expect(bert.getByRole('navigation', { name: 'Bereiche' })).toBeVisible({ timeout: 60_000 })

  await seesDirectly(anna, 'Bert')
  await seesDirectly(bert, 'Anna')
  await expect(bert.getByRole('link', { name: 'Verbindung: 1 Nachbar direkt verbunden' })).toBeVisible()
})

test('Somebody who reads English has it with one tap, before anything else', async ({ box, device }) => {
  const { page } = await device('Ada')
  await page.goto(box.url)
  await expect(page.getByRole('heading', { name: 'Willkommen' })).toBeVisible()
  await page.getByText('English', { exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Welcome' })).toBeVisible()
  await expect(page.getByLabel('Your name')).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Welcome' })).toBeVisible()
})

test('An invite that was used lets nobody else in, and says so (COM-2)', async ({ box, device }) => {
  const [{ page: anna }, { page: bert }, { page: carla }] = [await device('Anna'), await device('Bert'), await device('Carla')]
  await found(anna, box.url, 'Anna', 'Issum')
  const link = await invite(anna)
  await joinBy(bert, link, 'Bert')

  await arriveAtDoor(carla, link, 'Carla')
  await carla.getByRole('button', { name: 'Beitreten' }).click()
  const refused = carla.getByRole('alert').filter({ hasText: 'Diese Einladung wurde schon benutzt oder zurückgezogen.' })
  await expect(refused).toBeVisible({ timeout: 60_000 })
  await expect(carla.getByRole('navigation', { name: 'Bereiche' }).getByRole('link', { name: 'Gemeinschaft' })).toBeHidden()
})

test('An invite that was taken back lets nobody in, and says so (COM-2)', async ({ box, device }) => {
  const [{ page: anna }, { page: bert }] = [await device('Anna'), await device('Bert')]
  await found(anna, box.url, 'Anna', 'Issum')
  const link = await invite(anna)
  const mine = anna.getByRole('region', { name: 'Deine Einladungen' })
  await mine.getByRole('button', { name: 'Zurückziehen' }).click()
  const dialog = anna.getByRole('dialog', { name: 'Einladung zurückziehen?' })
  await dialog.getByRole('button', { name: 'Zurückziehen' }).click()
  await expect(mine.getByText('zurückgezogen')).toBeVisible()

  await arriveAtDoor(bert, link, 'Bert')
  await bert.getByRole('button', { name: 'Beitreten' }).click()
  await expect(bert.getByRole('alert')).toContainText('Diese Einladung wurde schon benutzt oder zurückgezogen.', {
    timeout: 60_000,
  })
})

test('An invite that has run out says so before anybody waits for a member (COM-2)', async ({ box, device }) => {
  const [{ page: anna }, { page: bert }] = [await device('Anna'), await device('Bert')]
  await found(anna, box.url, 'Anna', 'Issum')
  // no screen offers less than an hour
  const { invite: link } = await busOf(anna).call(communityInvite, { level: 'member', valid_seconds: 60, uses: 1 })
  await bert.clock.setSystemTime(Date.now() + 24 * 3_600_000)
  await bert.goto(link)
  await expect(bert.getByRole('alert')).toContainText('Diese Einladung ist abgelaufen.')
})
