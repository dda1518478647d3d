import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { launchOptions } from './scripts/lib/browser.mjs'

const ROOMS = '{protocol,workers,relay,sw,web,scripts,conformance,bench}'
const IN_A_BROWSER = `${ROOMS}/**/*.browser.test.{ts,tsx}`
const NEVER = ['**/node_modules/**', 'dist/**', 'web/e2e/**']
const define = { __APP_VERSION__: JSON.stringify('0.0.0-test') }

export default defineConfig({
  test: {
    projects: [
      {
        define,
        test: {
          name: 'node',
          environment: 'node',
          // a hang is a failure, a busy machine is not
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // what Node 20 lacks, before anything is imported
          setupFiles: ['workers/testing/node-20.ts'],
          include: [`${ROOMS}/**/*.test.{ts,tsx}`],
          exclude: [IN_A_BROWSER, ...NEVER],
        },
      },
      {
        define,
        test: {
          name: 'browser',
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
    ],
  },
})
