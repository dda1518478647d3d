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
  await visit(page, '/community')
  await page.getByRole('main').getByRole('link', { name: 'Einladen' }).click()
  await page.getByRole('button', { name: 'Einladung erstellen' }).click()
  return (await page.getByRole('status', { name: 'Einladungslink' }).textContent()) ?? ''
}

/** Opens one of the app's own addresses, as a link in it does. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(new URL(`/#${path}`, page.url()).href)
}

/** Opens an invite on a new device, names the device and joins. */
export async function joinBy(page: Page, link: string, name: string): Promise<void> {
  await knock(page, link, name)
  await expect(page.getByRole('navigation', { name: 'Bereiche' })).toBeVisible({ timeout: 60_000 })
}

/** Opens an invite, names the device and asks to be let in. */
export async function knock(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link)
  await page.getByRole('button', { name: 'Namen geben und weiter' }).click()
  await settleIn(page, name)
  await page.getByRole('button', { name: 'Beitreten' }).click()
}

/** Claims are a trial: each person turns them on. */
export async function turnClaimsOn(page: Page): Promise<void> {
  await visit(page, '/claims')
  await page.getByRole('button', { name: 'Einschalten' }).click()
  await expect(page.getByRole('link', { name: 'Aussage machen' }).first()).toBeVisible()
}

/** Radio is a trial: it is switched on in the settings, and then stands in the navigation. */
export async function turnRadioOn(page: Page): Promise<void> {
  await visit(page, '/settings')
  for (const name of ['Erprobung einschalten', /^Funk /]) {
    const trial = page.getByRole('switch', { name })
    await trial.click({ force: true })
    await expect(trial).toBeChecked()
  }
  await page.getByRole('navigation', { name: 'Bereiche' }).getByRole('link', { name: 'Funk' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Funk' })).toBeVisible()
}

/** Asking is a trial: it is switched on in the settings, and then stands in the navigation. */
export async function turnAskingOn(page: Page): Promise<void> {
  await visit(page, '/settings')
  for (const name of ['Erprobung einschalten', /^Gemeinsames Sprachmodell /]) {
    const trial = page.getByRole('switch', { name })
    // the first of them is on already where something else was tried before
    if (!(await trial.isChecked())) await trial.click({ force: true })
    await expect(trial).toBeChecked()
  }
  await page.getByRole('navigation', { name: 'Bereiche' }).getByRole('link', { name: 'Fragen' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Fragen' })).toBeVisible()
}

export interface ClaimText {
  readonly subject: string
  readonly predicate: string
  readonly object: string
  /** Address of a page that says so. */
  readonly url?: string
}

export async function publishClaim(page: Page, { subject, predicate, object, url }: ClaimText): Promise<void> {
  await visit(page, '/claims/new')
  await page.getByLabel('Worum geht es').fill(subject)
  await page.getByRole('combobox', { name: 'Was davon' }).fill(predicate)
  await page.getByLabel('Angabe').fill(object)
  if (url !== undefined) {
    await page.getByRole('button', { name: 'Webseite' }).click()
    await page.getByLabel('Adresse der Webseite').fill(url)
  }
  await page.getByRole('button', { name: 'Aussage veröffentlichen' }).click()
  await expect(page.getByRole('heading', { name: subject })).toBeVisible()
}

/** The form of this device's id that people compare by eye (ID-2). */
export async function shortId(page: Page): Promise<string> {
  await visit(page, '/settings')
  const id = page.getByText(/^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/).first()
  return (await id.textContent()) ?? ''
}

/** Waits until the app is kept for when its box is gone. */
export async function keptForOffline(page: Page): Promise<void> {
  await page.evaluate(async () => void (await navigator.serviceWorker.ready))
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
}

/** Waits until a neighbour is there without anybody in between, with a measured way there and back. */
export async function seesDirectly(page: Page, name: string): Promise<void> {
  await visit(page, '/')
  const neighbour = page.getByRole('region', { name: 'Wer gerade da ist' }).getByRole('listitem').filter({ hasText: name })
  await expect(neighbour).toContainText(/direkt verbunden · \d+ ms/, { timeout: 45_000 })
}
