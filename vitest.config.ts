import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { launchOptions, launchOptionsWithCard } from './scripts/lib/browser.mjs'

const ROOMS = '{protocol,workers,relay,sw,web,scripts,conformance,bench}'
const IN_A_BROWSER = `${ROOMS}/**/*.browser.test.{ts,tsx}`
const ON_A_CARD = `${ROOMS}/**/*.card.test.ts`
const NEVER = ['**/node_modules/**', 'dist/**', 'web/e2e/**']
const define = { __APP_VERSION__: JSON.stringify('0.0.0-test') }

export default defineConfig({
  test: {
    // two cores are what the checks are given, and one would rest while the other works
    maxWorkers: 2,
    projects: [
      {
        define,
        test: {
          name: 'node',
          environment: 'node',
          // a hang is a failure, a busy machine is not
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // A process for each of 200 files took a third of the time. Modules of ours are loaded anew for each; what a file changes
          // in the process itself, it puts back.
          isolate: false,
          // what Node 20 lacks, before anything is imported
          setupFiles: ['workers/testing/node-20.ts', 'workers/testing/one-zstd.ts'],
          include: [`${ROOMS}/**/*.test.{ts,tsx}`],
          exclude: [IN_A_BROWSER, ON_A_CARD, ...NEVER],
        },
      },
      {
        define,
        // what a worker alone imports is found before the first test as well, not by reloading the page in the middle of one
        optimizeDeps: { entries: [IN_A_BROWSER, 'workers/*.worker.ts'] },
        test: {
          name: 'browser',
          // as above
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: [IN_A_BROWSER],
          exclude: NEVER,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: launchOptions() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        define,
        optimizeDeps: { entries: [ON_A_CARD] },
        // threads share memory only where nobody else's page can look in, as the box says of the app
        server: { headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } },
        test: {
          name: 'card',
          // software takes seconds to make its programs
          testTimeout: 120_000,
          include: [ON_A_CARD],
          exclude: NEVER,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: launchOptionsWithCard() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
