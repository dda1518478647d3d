import type { Page } from '@playwright/test'
import { launchOptions } from '../../../scripts/lib/browser.mjs'

const SOFTWARE = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']

/** How a browser is started that has a graphics card of software. */
export function onSoftwareCard() {
  const { args = [], ...options } = launchOptions()
  return { ...options, args: [...args.filter((flag: string) => flag !== '--disable-gpu'), ...SOFTWARE] }
}

export const hasCard = (page: Page): Promise<boolean> =>
  page.evaluate(async () => {
    const gpu = 'gpu' in navigator ? (navigator.gpu as { requestAdapter(): Promise<unknown> }) : null // typed nowhere yet
    return gpu !== null && (await gpu.requestAdapter()) !== null
  })
