import type { Page } from '@playwright/test'

export const hasCard = (page: Page): Promise<boolean> =>
  page.evaluate(async () => {
    const gpu = 'gpu' in navigator ? (navigator.gpu as { requestAdapter(): Promise<unknown> }) : null // typed nowhere yet
    return gpu !== null && (await gpu.requestAdapter()) !== null
  })
