import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright'
import { type Box, createBox } from '../../relay/box.ts'
import { launchOptions } from '../../scripts/lib/browser.mjs'

/** The app as built: `npm run build` first, or name another folder. */
export const APP = process.env.HEARTHNET_BENCH_APP ?? 'dist/web'

/** The real box with new keys on a free port. @param web folder it serves */
async function startBox(web: string): Promise<Box> {
  const data = await mkdtemp(join(tmpdir(), 'hearthnet-bench-box-'))
  const box = await createBox({ host: '127.0.0.1', port: 0, data, web })
  return {
    ...box,
    async stop() {
      await box.stop()
      await rm(data, { recursive: true, force: true })
    },
  }
}

/** Runs `task` with a real browser and a real box, and ends both whatever happens. @param flags of the browser, beside the usual ones */
export async function withBrowser<T>(
  web: string,
  task: (browser: Browser, box: Box) => Promise<T>,
  flags: readonly string[] = [],
): Promise<T> {
  const box = await startBox(web)
  try {
    const options = launchOptions()
    const browser = await chromium.launch({ ...options, args: [...options.args, ...flags] })
    try {
      return await task(browser, box)
    } finally {
      await browser.close()
    }
  } finally {
    await box.stop()
  }
}
