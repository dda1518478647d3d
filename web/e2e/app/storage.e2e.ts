import { expect, type Page } from '@playwright/test'
import { test } from '../support/fixtures.ts'
import { found, publishClaim, turnClaimsOn, visit } from '../support/steps.ts'

/** Leaves this origin so much room beyond what it uses, or all it wants. @param spare bytes; undefined lifts the limit */
async function limitStorage(page: Page, spare: number | undefined): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  const { origin } = new URL(page.url())
  if (spare === undefined) await devtools.send('Storage.overrideQuotaForOrigin', { origin })
  else {
    const { usage } = await devtools.send('Storage.getUsageAndQuota', { origin })
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + spare })
  }
}

const LONG = 'Am Brunnen gibt es Trinkwasser. '.repeat(120)

test('A full device says so in words, keeps what it had, and goes on once there is room (capacity_exceeded)', async ({
  box,
  device,
}) => {
  const { page } = await device('Ada')
  await found(page, box.url, 'Ada', 'Issum')
  await turnClaimsOn(page)
  await publishClaim(page, { subject: 'Brunnen', predicate: 'hat', object: 'Trinkwasser' })
  await limitStorage(page, 16_384)

  const full = page.getByText('der Platz reicht nicht')
  let stored = 1
  await visit(page, '/claims/new')
  for (; stored < 60; stored++) {
    await page.getByLabel('Worum geht es').fill(`Zettel ${stored}`)
    await page.getByRole('combobox', { name: 'Was davon' }).fill('ist')
    await page.getByLabel('Angabe').fill(`${stored} ${LONG}`)
    await page.getByRole('button', { name: 'Aussage veröffentlichen' }).click()
    const done = page.getByRole('heading', { name: `Zettel ${stored}`, exact: true })
    await expect(done.or(full)).toBeVisible()
    if (await full.isVisible()) break
    await visit(page, '/claims/new')
  }
  await expect(full).toBeVisible()
  // what was being written is still in the form
  await expect(page.getByLabel('Worum geht es')).toHaveValue(`Zettel ${stored}`)

  await page.reload()
  await visit(page, '/claims')
  await expect(page.getByText(new RegExp(`^1 bis \\d+ von ${stored}$`))).toBeVisible()
  await visit(page, '/')
  await expect(page.getByRole('heading', { name: 'Hallo, Ada' })).toBeVisible()

  await limitStorage(page, undefined)
  await publishClaim(page, { subject: 'Apotheke', predicate: 'ist geöffnet', object: 'bis 18 Uhr' })
})
