import type { Page } from '@playwright/test'

/**
 * Loads a page anew without a network. Over a reload Chromium 150 forgets to say that there is none (`navigator.onLine`), though nothing
 * gets through: it is told again.
 */
export async function reloadOffline(page: Page): Promise<void> {
  const context = page.context()
  await context.setOffline(true)
  await page.reload()
  await context.setOffline(false)
  await context.setOffline(true)
}
