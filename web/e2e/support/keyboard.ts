import { expect, type Locator, type Page } from '@playwright/test'

/** What has the focus without showing it; null where all is well. */
const unseenFocus = (): string | null => {
  const focused = document.activeElement
  // a page that just opened takes the focus to its heading, which is no stop of the keyboard
  if (!focused || focused === document.body || focused.tagName === 'H1') return null
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(focused)
  const isOutlined = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2
  if (focused.matches(':focus-visible') && (isOutlined || boxShadow !== 'none')) return null
  return focused.outerHTML.slice(0, 200)
}

/** Presses Tab until `goal` has the focus; whatever has it on the way shows it. @param key `Shift+Tab` to go back */
export async function tabTo(page: Page, goal: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await expect(goal).toBeVisible()
  for (let presses = 0; presses < 60; presses++) {
    if (await goal.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press(key)
    expect(await page.evaluate(unseenFocus)).toBeNull()
  }
  throw new Error(`the keyboard does not lead to ${goal}`)
}

export async function typeInto(page: Page, label: string, text: string): Promise<void> {
  await tabTo(page, page.getByLabel(label))
  await page.keyboard.type(text)
}

export async function pressOn(page: Page, role: 'button' | 'link', name: string, key = 'Enter'): Promise<void> {
  await tabTo(page, page.getByRole(role, { name, exact: true }).first())
  await page.keyboard.press(key)
}
