import { expect } from '@playwright/test'
import { ulid } from 'ulid'
import { encodeInvite, JOIN_SCOPE } from '#protocol/core/community.ts'
import { parseUlid } from '#protocol/core/ids.ts'
import { issueToken } from '#protocol/core/token.ts'
import { testSigner } from '../../../workers/testing/test-identity.ts'
import { test } from '../support/fixtures.ts'
import { found, invite, joinBy, knock, seesDirectly, settleIn } from '../support/steps.ts'

test.use({ withoutServiceWorker: true })

/** No screen makes one that lasts less than an hour: this one is signed as the app signs them, a day ago. */
async function inviteOfYesterday(): Promise<string> {
  const anna = await testSigner(1)
  const issued = Math.floor(Date.now() / 1000) - 86_400
  const token = await issueToken(anna, {
    iss: anna.nodeId,
    sub: '*',
    aud: anna.nodeId,
    iat: issued,
    nbf: issued,
    exp: issued + 3600,
    jti: parseUlid(ulid()),
    scope: { capabilities: [JOIN_SCOPE], params_constraints: { level: 'member', community_name: 'Issum' }, max_calls_total: 1 },
    issued_via: 'invite',
  })
  return encodeInvite({ v: 1, token, inviter_name: 'Anna', lamport: 1, relays: [] })
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

  await knock(carla, link, 'Carla')
  const refused = carla.getByRole('alert').filter({ hasText: 'Diese Einladung wurde schon benutzt.' })
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

  await knock(bert, link, 'Bert')
  await expect(bert.getByRole('alert')).toContainText('hat diese Einladung zurückgezogen', { timeout: 60_000 })
})

test('An invite that has run out says so without waiting for a member (COM-2)', async ({ box, device }) => {
  const { page: bert } = await device('Bert')
  await bert.goto(`${box.url}#/join/${await inviteOfYesterday()}`)
  await expect(bert.getByRole('alert')).toContainText('Diese Einladung ist abgelaufen.')
})
