import { expect, type Locator, type Page } from '@playwright/test'
import { toHex } from '#protocol/core/encoding.ts'
import { displayNodeId, nodeIdOf } from '#protocol/core/ids.ts'
import { encodeFrame, senderHashOf } from '#protocol/lora/frame.ts'
import type { Flags } from '#protocol/lora/records.ts'
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

test.use({ withoutServiceWorker: true })

/** Bit 1 of the flags in byte 7; whether this device is a gateway too is told beside it. */
const saysOk = (hex: string): boolean => (Number.parseInt(hex.slice(14, 16), 16) & 2) !== 0

/** Bytes 1 to 12 of a frame: who, which, when. */
const identity = (hex: string): string => hex.slice(2, 26)

const FLAGS: Flags = { panic: false, ok: false, gateway: false, low_battery: false }
/** Nobody of the community: a device with a key, and one that plays tricks. */
const STRANGER = nodeIdOf(new Uint8Array(32).fill(7))
const NUISANCE = 'a1b2c3d4'
let spoken = 0

/** Speaks until it was heard: a stick that is sending hears nothing meanwhile. */
async function speakUntil(page: Page, senderHash: string, flags: Partial<Flags>, heard: () => Promise<void>): Promise<void> {
  await expect(async () => {
    const unixSeconds = Math.floor(Date.now() / 1000)
    const frame = encodeFrame({ version: 1, senderHash, sequence: ++spoken, flags: { ...FLAGS, ...flags }, unixSeconds })
    await atDesk(page, { order: 'speak', hex: toHex(frame) })
    await heard()
  }).toPass()
}

const senderIn = (page: Page, callSign: string): Locator =>
  page.getByRole('list', { name: 'Absender, die zu hören sind' }).getByRole('listitem').filter({ hasText: callSign })

const signOf = (hash: string): string => `${hash.slice(0, 4)}\u00a0${hash.slice(4)}`.toUpperCase()

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

  const stranger = senderHashOf(STRANGER)
  const unknown = senderIn(page, signOf(stranger))
  await speakUntil(page, stranger, { ok: true }, () =>
    expect(unknown).toContainText('Unbekannter Absender', { timeout: 2_000 }),
  )
  await expect(unknown).toContainText('Bitte bestätigen')

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

  // what to make of who is heard (LOR-3): leave it unknown, and nobody asks again
  await unknown.getByRole('link').click()
  await page.getByRole('button', { name: 'Unbekannt lassen' }).click()
  await expect(page.getByText('Du hast entschieden, es unbekannt zu lassen.')).toBeVisible()
  await visit(page, '/lora')
  await expect(unknown).toContainText('unbekannt')
  await expect(unknown).not.toContainText('Bitte bestätigen')

  // anybody can call for help in anybody's name: it is shown at once, and looks like what it is (LOR-4)
  const notice = page.getByRole('alertdialog', { name: 'Vielleicht ein Hilferuf' })
  await speakUntil(page, stranger, { panic: true }, () => expect(notice).toBeVisible({ timeout: 2_000 }))
  await expect(notice).toContainText('Nicht sicher: Niemand hier weiß, wem dieses Rufzeichen gehört.')
  await expect(notice).toHaveAttribute('data-tone', 'warn')
  await notice.getByRole('button', { name: 'Zum Funk' }).click()
  await expect(page.getByRole('region', { name: 'Hilferufe' })).toContainText(signOf(stranger))

  // their full ID, pasted: now it is known whose call sign it is, and a frame without a proof is still one
  await unknown.getByRole('link').click()
  const pasted = page.getByLabel('Oder die ganze Kennung einfügen')
  await pasted.fill('keine Kennung')
  await page.getByRole('button', { name: 'Bestätigen' }).click()
  await expect(page.getByText('Darin steckt keine Kennung.')).toBeVisible()
  await pasted.fill(`Meine Kennung: ${STRANGER}`)
  await page.getByRole('button', { name: 'Bestätigen' }).click()
  await expect(
    page.getByText(
      `Du hast bestätigt, dass dieses Rufzeichen Gerät ${displayNodeId(STRANGER).replaceAll('-', '\u2011')} gehört.`,
    ),
  ).toBeVisible()
  await expect(page.getByText('nicht sicher, kann von irgendwem stammen')).toBeVisible()

  // whoever is blocked is not heard any more, not even with a call for help
  await visit(page, '/lora')
  const nuisance = senderIn(page, signOf(NUISANCE))
  await speakUntil(page, NUISANCE, {}, () => expect(nuisance).toBeVisible({ timeout: 2_000 }))
  await nuisance.getByRole('link').click()
  await page.getByRole('button', { name: 'Blockieren' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Blockieren' }).click()
  await expect(page.getByText('Blockiert: Was von diesem Rufzeichen kommt, wird nicht gezeigt.')).toBeVisible()
  const frames = page.locator('dt:text-is("Funksprüche") + dd')
  const heardBefore = (await frames.textContent()) ?? ''
  await speakUntil(page, NUISANCE, { panic: true }, async () => {
    // what is blocked moves nothing on the screen: it has to be looked at again
    await visit(page, '/lora')
    await visit(page, `/lora/sender/${NUISANCE}`)
    await expect(frames).not.toHaveText(heardBefore, { timeout: 2_000 })
  })
  await expect(page.getByRole('alertdialog')).toBeHidden()
})
