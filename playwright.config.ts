import { defineConfig } from '@playwright/test'
import { launchOptions } from './scripts/lib/browser.mjs'

export default defineConfig({
  testDir: 'web/e2e',
  outputDir: 'test-results',
  forbidOnly: true,
  fullyParallel: true,
  // Each journey has its own box and its own browsers; two at once fill the two cores that everyone has.
  workers: 2,
  // Those with a graphics card, here one of software, need browsers of their own: first, or one core idles at the end.
  projects: [
    { name: 'card', testMatch: '**/*-card.e2e.ts' },
    { name: 'journeys', testMatch: '**/*.e2e.ts', testIgnore: '**/*-card.e2e.ts' },
  ],
  // A journey that fails now and then is a defect, in the app or in the journey.
  retries: 0,
  // Generous, because a machine that others use, too, is slow now and then; what is broken stays so for longer than this.
  timeout: 240_000,
  expect: { timeout: 30_000 },
  use: {
    browserName: 'chromium',
    headless: true,
    locale: 'de-DE',
    launchOptions: launchOptions(),
    // what stood on the page is kept for a failure; a film of it beside that cost every journey that passes
    trace: { mode: 'retain-on-failure', screenshots: false, sources: false },
  },
})
