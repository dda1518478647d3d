import { expect, type Page } from '@playwright/test'

/** What a person does, by the words on the screen. */

/** Opens the app and names the device; the recovery file is left for later. */
export async function settleIn(page: Page, name: string): Promise<void> {
  await page.getByLabel('Dein Name').fill(name)
  await page.getByRole('button', { name: 'Los geht’s' }).click()
  await page.getByRole('button', { name: 'Später' }).click()
}

export async function found(page: Page, url: string, name: string, community: string): Promise<void> {
  await page.goto(url)
  await settleIn(page, name)
  await page.getByLabel('Name der Gemeinschaft').fill(community)
  await page.getByRole('button', { name: 'Gründen' }).click()
  await expect(page.getByRole('navigation')).toBeVisible()
}

/** @returns the link of a new invite for one person. */
export async function invite(page: Page): Promise<string> {
  await page.goto(new URL('/#/invite', page.url()).href)
  await page.getByRole('button', { name: 'Einladung erstellen' }).click()
  return page.getByLabel('Einladungslink').inputValue()
}
