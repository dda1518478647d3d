import { expect } from '@playwright/test'
import { test } from '../support/fixtures.ts'
import { pressOn, tabTo, typeInto } from '../support/keyboard.ts'

test.use({ withoutServiceWorker: true })

test('With the keyboard alone a person gets from the welcome to a published claim', async ({ box, device }) => {
  const { page } = await device('Ada')
  await page.goto(box.url)
  await typeInto(page, 'Dein Name', 'Ada')
  await page.keyboard.press('Enter')
  await pressOn(page, 'button', 'Später', 'Space')
  await typeInto(page, 'Name der Gemeinschaft', 'Issum')
  await page.keyboard.press('Enter')

  // a page that opens takes the focus once; a key pressed before that would go nowhere
  await expect(page.getByRole('heading', { level: 1, name: 'Hallo, Ada' })).toBeFocused()
  await pressOn(page, 'link', 'Aussagen')
  await expect(page.getByRole('heading', { level: 1, name: 'Aussagen' })).toBeFocused()
  await pressOn(page, 'button', 'Einschalten')
  await pressOn(page, 'link', 'Aussage machen')
  await expect(page.getByRole('heading', { level: 1, name: 'Aussage machen' })).toBeFocused()

  // an empty form: the first mistake takes the focus
  await pressOn(page, 'button', 'Aussage veröffentlichen')
  await expect(page.getByLabel('Worum geht es')).toBeFocused()
  await page.keyboard.type('Turnhalle Issum')
  await tabTo(page, page.getByRole('combobox', { name: 'Was davon' }))
  await page.keyboard.type('ist')
  await page.keyboard.press('Escape')
  await typeInto(page, 'Angabe', 'Sammelpunkt bei Stromausfall')
  await tabTo(page, page.getByRole('radio', { name: 'ziemlich sicher' }))
  await page.keyboard.press('ArrowUp')
  await expect(page.getByRole('radio', { name: 'gewiss' })).toBeChecked()
  await pressOn(page, 'button', 'Selbst gesehen')
  await typeInto(page, 'Wörtliches Zitat', 'Schild an der Tür')
  await pressOn(page, 'button', 'Aussage veröffentlichen')
  await expect(page.getByRole('heading', { level: 1, name: 'Turnhalle Issum' })).toBeVisible()
  await expect(page.getByText('geprüft, sie stimmt')).toBeVisible()
})

test('The first stop of the keyboard skips what is the same on every page', async ({ box, device }) => {
  const { page } = await device('Ada')
  await page.goto(new URL('/#/welcome', box.url).href)
  await expect(page.getByLabel('Dein Name')).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Zum Inhalt springen' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()
})
