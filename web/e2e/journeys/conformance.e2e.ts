import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { checkReport } from '#protocol/protocol/report.ts'

const LIMIT_MS = 80_000

/** Runs the command that an implementer runs. */
function run(args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/conformance.mjs', ...args], { timeout: LIMIT_MS }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, output: stdout + stderr })
    })
  })
}

test('An implementer runs a part of the suite against the app and has a report that the node signed (X09, CONF-4)', async ({
  page,
}) => {
  const out = await mkdtemp(join(tmpdir(), 'hearthnet-conformance-report-'))
  try {
    const { code, output } = await run(['--case', 'BUS-1.version', '--case', 'ID-4.self', '--out', out])
    expect(code, output).toBe(0)
    const { summary, cases } = await checkReport(JSON.parse(await readFile(join(out, 'report.json'), 'utf8')))
    expect(summary.overall).toBe('pass')
    expect(cases.length).toBeGreaterThan(4)
    await page.setViewportSize({ width: 360, height: 740 })
    await page.setContent(await readFile(join(out, 'report.html'), 'utf8'))
    await expect(page.getByRole('heading', { level: 1, name: 'Konformitätsbericht' })).toBeVisible()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    await page.getByRole('button', { name: 'Deutsch / English' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Conformance report' })).toBeVisible()
  } finally {
    await rm(out, { recursive: true, force: true })
  }
})
