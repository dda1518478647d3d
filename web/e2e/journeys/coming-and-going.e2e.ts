import { expect, type Locator, type Page } from '@playwright/test'
import { test } from '../support/fixtures.ts'
import { found, invite, joinBy, seesDirectly, settleIn, shortId, visit } from '../support/steps.ts'

test.use({ withoutServiceWorker: true })

const bertAt = (page: Page): Locator =>
  page.getByRole('region', { name: 'Mitglieder' }).getByRole('listitem').filter({ hasText: 'Bert' })

/** Opens what Anna can do about Bert. */
async function aboutBert(anna: Page): Promise<Locator> {
  const actions = anna.getByRole('group', { name: 'Was du für Bert tun kannst' })
  if (!(await actions.isVisible())) await anna.getByRole('button', { name: 'Verwalten: Bert' }).click()
  return actions
}

/** Presses a button that asks for a typed word, and types it. */
async function confirmByWord(page: Page, button: string, word: string): Promise<void> {
  await page.getByRole('button', { name: button }).click()
  const dialog = page.getByRole('dialog')
  const confirm = dialog.getByRole('button', { name: button })
  await expect(confirm).toBeDisabled()
  await dialog.getByRole('textbox').fill(word)
  await confirm.click()
}

test('Bert is made trusted, taken down again, leaves, comes back as himself, and erases his device (COM-3, COM-4)', async ({
  box,
  device,
}) => {
  const [{ page: anna }, { page: bert }] = [await device('Anna'), await device('Bert')]
  await found(anna, box.url, 'Anna', 'Issum')
  await joinBy(bert, await invite(anna), 'Bert')
  const bertsId = await shortId(bert)
  await seesDirectly(anna, 'Bert')

  await visit(anna, '/community')
  await visit(bert, '/community')
  await (await aboutBert(anna)).getByRole('button', { name: 'Als vertraut einstufen' }).click()
  await expect(bert.getByText('Du bist hier: vertraut')).toBeVisible()
  await (await aboutBert(anna)).getByRole('button', { name: 'Herabstufen' }).click()
  const dialog = anna.getByRole('dialog', { name: 'Bert herabstufen?' })
  await expect(dialog).toContainText('Deine Unterschrift genügt.')
  await dialog.getByRole('button', { name: 'Herabstufen' }).click()
  await expect(bert.getByText('Du bist hier: Mitglied')).toBeVisible()

  await confirmByWord(bert, 'Gemeinschaft verlassen', 'verlassen')
  await expect(bert.getByLabel('Name der Gemeinschaft')).toBeVisible()
  await expect(bertAt(anna)).toContainText('hat verlassen')

  await bert.goto(await invite(anna))
  await bert.getByRole('button', { name: 'Beitreten' }).click()
  await expect(bert.getByRole('navigation', { name: 'Bereiche' })).toBeVisible({ timeout: 60_000 })
  expect(await shortId(bert)).toBe(bertsId)
  await seesDirectly(anna, 'Bert')

  await visit(bert, '/settings')
  const startsAnew = bert.waitForEvent('load')
  await confirmByWord(bert, 'Alles löschen', 'löschen')
  await startsAnew
  await expect(bert.getByLabel('Dein Name')).toHaveValue('')
  await settleIn(bert, 'Berta')
  expect(await shortId(bert)).not.toBe(bertsId)
})
