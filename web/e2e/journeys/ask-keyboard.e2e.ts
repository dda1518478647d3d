import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Locator, type Page } from '@playwright/test'
import { barriersOf } from '../support/barriers.ts'
import { test } from '../support/fixtures.ts'
import { pressOn, tabTo } from '../support/keyboard.ts'
import { found, turnAskingOn } from '../support/steps.ts'

test.use({ withoutServiceWorker: true })

const FIXTURE = join(import.meta.dirname, '../../../workers/compute/fixtures/qwen2-cpu-int4')
const SLOWLY = { timeout: 60_000 }

/** To one of the rooms of this area; its heading has the focus then. */
async function enter(page: Page, room: 'Fragen' | 'Unsere Rechner' | 'Modelle'): Promise<void> {
  const doors = page.getByRole('navigation', { name: 'Fragen, Rechner und Modelle' })
  await tabTo(page, doors.getByRole('link', { name: room }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: room })).toBeFocused()
}

/** Chooses in a list of the browser's own, as arrows do. */
async function choose(page: Page, list: Locator, option: string): Promise<void> {
  await tabTo(page, list)
  for (let presses = 0; presses < 9; presses++) {
    if ((await list.locator('option:checked').textContent()) === option) return
    await page.keyboard.press('ArrowDown')
  }
  throw new Error(`no option ${option}`)
}

test('With the keyboard alone somebody fetches a model, asks, stops, takes part and deletes the model, and the focus is never lost', async ({
  box,
  device,
}) => {
  test.slow()
  await cp(FIXTURE, join(box.data, 'models/tiny'), { recursive: true })
  const { page } = await device('Anna')
  await found(page, box.url, 'Anna', 'Issum')
  await turnAskingOn(page)
  const field = page.getByRole('textbox', { name: 'Deine Frage' })
  const tiny = page.getByRole('listitem', { name: 'tiny' })

  await test.step('She fetches a model; the button goes, and the model has the focus', async () => {
    await enter(page, 'Modelle')
    await expect(tiny).toContainText('noch nicht hier', SLOWLY)
    await pressOn(page, 'button', 'tiny: Auf dieses Gerät laden')
    await expect(tiny).toContainText('bereit', SLOWLY)
    await expect(tiny).toBeFocused()
    expect(await barriersOf(page)).toEqual([])
  })

  await test.step('She asks, stops the answer, and is where the next question is written', async () => {
    await enter(page, 'Fragen')
    await choose(page, page.getByRole('combobox', { name: 'Modell' }), 'tiny')
    await tabTo(page, field, 'Shift+Tab')
    await page.keyboard.type('Wo ist Wasser?')
    await page.keyboard.press('Enter')
    await expect(page.getByText('Die Antwort entsteht …')).toBeVisible(SLOWLY)
    await tabTo(page, page.getByRole('button', { name: 'Anhalten' }), 'Shift+Tab')
    await page.keyboard.press('Enter')
    await expect(page.getByText('Angehalten.')).toBeVisible()
    await expect(field).toBeFocused()
    expect(await barriersOf(page)).toEqual([])
    await tabTo(page, page.getByRole('button', { name: 'Noch einmal fragen' }), 'Shift+Tab')
    await page.keyboard.press('Enter')
    await expect(field).toBeFocused()
    await tabTo(page, page.getByRole('button', { name: 'Anhalten' }), 'Shift+Tab')
    await page.keyboard.press('Space')
    await pressOn(page, 'button', 'Neues Gespräch')
    await expect(field).toBeFocused()
    await expect(page.getByRole('list', { name: 'Gespräch' })).toBeHidden()
  })

  await test.step('She would ask together, thinks better of it, and has her question back', async () => {
    await tabTo(page, page.getByText('Mehr', { exact: true }))
    await page.keyboard.press('Enter')
    await choose(page, page.getByRole('combobox', { name: 'Wer rechnen soll' }), 'Gemeinsam mit anderen')
    await tabTo(page, field, 'Shift+Tab')
    await page.keyboard.type('Wo ist Brot?')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog', { name: 'Wer mitrechnet, kann mitlesen' })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
    await expect(field).toBeFocused()
    await expect(field).toHaveValue('Wo ist Brot?')
  })

  await test.step('She takes part, with more memory, offers layers and withdraws them', async () => {
    await enter(page, 'Unsere Rechner')
    const sharing = page.getByRole('switch', { name: 'Dieses Gerät rechnet für andere mit' })
    await tabTo(page, sharing)
    await page.keyboard.press('Space')
    await expect(sharing).toBeChecked()
    await expect(sharing).toBeFocused()
    const memory = page.getByRole('slider', { name: 'Speicher dafür' })
    await tabTo(page, memory)
    const before = Number(await memory.inputValue())
    for (let presses = 0; presses < 5; presses++) await page.keyboard.press('ArrowRight')
    await expect(memory).toHaveValue(String(before + 5))
    await expect(memory).toBeFocused()
    const offers = page.getByRole('list', { name: 'Was dieses Gerät anbietet' })
    await choose(page, page.getByRole('form', { name: 'Schichten anbieten' }).getByRole('combobox', { name: 'Modell' }), 'tiny')
    await pressOn(page, 'button', 'Anbieten')
    await expect(offers).toContainText('bereit', SLOWLY)
    await expect(page.getByRole('button', { name: 'Anbieten', exact: true })).toBeFocused()
    expect(await barriersOf(page)).toEqual([])
    await tabTo(page, offers.getByRole('button', { name: /zurückziehen/ }), 'Shift+Tab')
    await page.keyboard.press('Enter')
    await expect(offers.getByRole('listitem')).toHaveCount(0)
    await expect(offers).toBeFocused()
    await tabTo(page, sharing, 'Shift+Tab')
    await page.keyboard.press('Space')
    await expect(sharing).not.toBeChecked()
  })

  await test.step('She deletes the model, after a second thought', async () => {
    await enter(page, 'Modelle')
    const remove = page.getByRole('button', { name: 'tiny: Löschen' })
    await tabTo(page, remove)
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'tiny löschen?' })
    await expect(dialog).toBeVisible()
    expect(await barriersOf(page)).toEqual([])
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    await expect(remove).toBeFocused()
    await page.keyboard.press('Enter')
    await tabTo(page, dialog.getByRole('button', { name: 'Löschen', exact: true }))
    await page.keyboard.press('Enter')
    await expect(tiny).toContainText('noch nicht hier')
    await expect(tiny).toBeFocused()
  })

  // what was written and not asked is still there
  await enter(page, 'Fragen')
  await expect(field).toHaveValue('Wo ist Brot?')
})
