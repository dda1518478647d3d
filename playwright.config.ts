import { defineConfig } from '@playwright/test'
import { launchOptions } from './scripts/lib/browser.mjs'

export default defineConfig({
  testDir: 'web/e2e',
  testMatch: '**/*.e2e.ts',
  outputDir: 'test-results',
  forbidOnly: true,
  fullyParallel: true,
  // Each journey has its own box and its own browsers; two at once fill the two cores that everyone has.
  workers: 2,
  // A journey that fails now and then is a defect, in the app or in the journey.
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  use: { browserName: 'chromium', headless: true, locale: 'de-DE', launchOptions: launchOptions(), trace: 'retain-on-failure' },
})
