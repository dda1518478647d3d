import { expect } from '@playwright/test'
import type { HouseBox } from '../support/box.ts'
import { test as base } from '../support/fixtures.ts'
import { atDesk, layOutSticks, onAir, startBoxWithSticks } from '../support/serial-stub.ts'
import { found, turnRadioOn, visit } from '../support/steps.ts'

const test = base.extend<{ box: HouseBox }>({
  box: async ({ baseURL: _ }, use) => {
    const box = await startBoxWithSticks()
    await use(box)
    await box.stop()
  },
})

/** Bit 1 of the flags in byte 7; whether this device is a gateway too is told beside it. */
const saysOk = (hex: string): boolean => (Number.parseInt(hex.slice(14, 16), 16) & 2) !== 0

/** Bytes 1 to 12 of a frame: who, which, when. */
const identity = (hex: string): string => hex.slice(2, 26)

test('Somebody plugs a stick in, is heard and hears, pulls it, plugs it in again, and nothing goes out twice', async ({
  box,
  device,
}) => {
  const { page } = await device('Anna')
  await layOutSticks(page)
  await found(page, box.url, 'Anna', 'Issum')
  await turnRadioOn(page)
  await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }))

  await visit(page, '/lora/stick')
  await page.getByRole('radio', { name: /RNode/ }).check({ force: true })
  await atDesk(page, { order: 'plug', model: 'rnode' })
  await page.getByRole('button', { name: 'Stick auswählen' }).click()
  await expect(page.getByText('Bereit', { exact: true })).toBeVisible()
  await expect(page.getByText('RNode 1.74')).toBeVisible()

  await visit(page, '/lora')
  await page.getByRole('button', { name: 'Mir geht es gut' }).click()
  await expect(page.getByText(/^Um \d\d:\d\d gesendet\./)).toBeVisible()
  await expect.poll(async () => (await onAir(page)).filter(saysOk).length).toBe(1)

  const seconds = Math.floor(Date.now() / 1000)
    .toString(16)
    .padStart(8, '0')
  const senders = page.getByRole('list', { name: 'Absender, die zu hören sind' }).getByRole('listitem')
  let sequence = 0
  // who is sending hears nothing: the neighbour speaks until it was quiet here
  await expect(async () => {
    const number = (++sequence).toString(16).padStart(4, '0')
    await atDesk(page, { order: 'speak', hex: `01a1b2c3d4${number}0200${seconds}${'00'.repeat(19)}` })
    await expect(senders.first()).toContainText('Unbekannter Absender', { timeout: 2_000 })
  }).toPass()

  await visit(page, '/lora/stick')
  await atDesk(page, { order: 'pull' })
  await expect(page.getByText('Wartet auf den Funkstick')).toBeVisible({ timeout: 1_000 })
  await atDesk(page, { order: 'plug', model: 'rnode' })
  await expect(page.getByText('Bereit', { exact: true })).toBeVisible({ timeout: 2_000 })

  const before = (await onAir(page)).length
  await visit(page, '/lora')
  await page.getByRole('button', { name: 'Mir geht es gut' }).click()
  await expect.poll(async () => (await onAir(page)).length).toBeGreaterThan(before)
  const sent = await onAir(page)
  expect(new Set(sent.map(identity)).size, 'Every frame is on the air once (LOR-6)').toBe(sent.length)
  expect(await page.evaluate(() => 'sameDocument' in globalThis), 'Without a reload').toBe(true)
})
