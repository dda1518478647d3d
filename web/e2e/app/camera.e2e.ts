import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { launchOptions } from '../../../scripts/lib/browser.mjs'
import { pointCameraAt } from '../support/camera.ts'
import { test } from '../support/fixtures.ts'
import { found, invite, settleIn } from '../support/steps.ts'

test.use({ withoutServiceWorker: true })

// read when the camera opens, so a journey can decide what it sees
const FILM = join(tmpdir(), `hearthnet-camera-${process.pid}.y4m`)
const { args, ...launch } = launchOptions()
test.use({
  launchOptions: {
    ...launch,
    args: [...args, '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${FILM}`],
  },
})
test.afterAll(() => rm(FILM, { force: true }))

const QR = 'QR-Code mit dem Einladungslink'

test('A neighbour scans the invite from the other screen with the camera, and joins', async ({ box, device }) => {
  const ada = await device('Ada')
  await found(ada.page, box.url, 'Ada', 'Issum')
  await invite(ada.page)
  await pointCameraAt(ada.page.getByRole('img', { name: QR }), FILM)

  const ben = await device('Ben')
  await ben.context.grantPermissions(['camera'])
  await ben.page.goto(box.url)
  await settleIn(ben.page, 'Ben')
  await ben.page.getByRole('button', { name: 'Kamera öffnen' }).click()
  await expect(ben.page.getByText('Ada lädt dich in die Gemeinschaft „Issum“ ein.')).toBeVisible()
  await ben.page.getByRole('button', { name: 'Beitreten' }).click()
  await expect(ben.page.getByRole('heading', { level: 1, name: 'Issum' })).toBeVisible({ timeout: 60_000 })
})

test('A neighbour without a camera reads the invite from a photo', async ({ box, device }) => {
  const ada = await device('Ada')
  await found(ada.page, box.url, 'Ada', 'Issum')
  await invite(ada.page)
  const photo = await ada.page.getByRole('img', { name: QR }).screenshot()

  const ben = await device('Ben')
  await ben.page.goto(box.url)
  await settleIn(ben.page, 'Ben')
  const choosing = ben.page.waitForEvent('filechooser')
  await ben.page.getByRole('button', { name: 'Foto mit QR-Code wählen' }).click()
  await (await choosing).setFiles({ name: 'photo.png', mimeType: 'image/png', buffer: photo })
  await expect(ben.page.getByText('Ada lädt dich in die Gemeinschaft „Issum“ ein.')).toBeVisible()
})

test('Where the browser refuses the camera, and where a photo shows no code, the app says what to do', async ({
  box,
  device,
}) => {
  const { page } = await device('Ben')
  await page.goto(box.url)
  await expect(page.getByLabel('Dein Name')).toBeVisible()
  await pointCameraAt(page.getByRole('banner'), FILM)
  await settleIn(page, 'Ben')
  await page.getByRole('button', { name: 'Kamera öffnen' }).click()
  await expect(page.getByText('Der Browser erlaubt die Kamera nicht.')).toBeVisible()

  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Foto mit QR-Code wählen' }).click()
  await (await choosing).setFiles({ name: 'photo.png', mimeType: 'image/png', buffer: await page.screenshot() })
  await expect(page.getByText('Auf diesem Foto ist kein QR-Code zu erkennen.')).toBeVisible()
})
