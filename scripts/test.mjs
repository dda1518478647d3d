// @ts-check
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBrowser, offerFirefox } from './lib/browser.mjs'
import { ROOT, runTool } from './lib/process.mjs'
import { add, NONE, readPlaywright, readReport, readVitest, sumLine } from './lib/test-counts.mjs'

const REPORTS = join(ROOT, 'dist/reports')

/**
 * @typedef {{ readonly code: number } & import('./lib/test-counts.mjs').Told} Result
 * @typedef {(filters: readonly string[]) => Promise<Result>} Runner
 */

/**
 * @param {string[]} projects
 * @returns {Runner}
 */
const vitest =
  (...projects) =>
  async (filters) => {
    const report = join(REPORTS, `${projects.join('-')}.json`)
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const named = projects.flatMap((project) => ['--project', project])
    const { code } = await runTool('vitest', ['run', ...named, ...reporters, ...filters], { show: true })
    return { code, ...readReport(report, readVitest) }
  }

/** @type {Runner} */
const journeys = async (filters) => {
  const build = await runTool('vite', ['build', '--logLevel', 'warn'], { show: true })
  if (build.code !== 0) return { code: build.code, counts: NONE, failures: ['vite build'] }
  const report = join(REPORTS, 'e2e.json')
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: report }
  const { code } = await runTool('playwright', ['test', '--reporter=list,json', ...filters], { show: true, env })
  return { code, ...readReport(report, readPlaywright) }
}

/** @type {Readonly<Record<string, Runner>>} */
const RUNNERS = { unit: vitest('node'), browser: vitest('browser', 'card'), e2e: journeys }

/** @returns {{ names: readonly string[], filters: readonly string[] }} */
const readArguments = () => {
  const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true })
  const { only } = values
  if (only === undefined && positionals.length > 0) throw new Error('A filter needs --only, or two runners would find no test')
  if (only !== undefined && !(only in RUNNERS)) throw new Error(`--only takes one of ${Object.keys(RUNNERS).join(', ')}`)
  return { names: only === undefined ? Object.keys(RUNNERS) : [only], filters: positionals }
}

const { names, filters } = readArguments()
rmSync(REPORTS, { recursive: true, force: true })
mkdirSync(REPORTS, { recursive: true })
if (names.some((name) => name !== 'unit')) process.env.CHROMIUM_PATH = ensureBrowser()
if (names.includes('e2e')) offerFirefox()

let total = NONE
let failed = false
/** @type {string[]} */
const failures = []
for (const name of names) {
  process.stdout.write(`\n── ${name} ──\n`)
  const result = (await RUNNERS[name]?.(filters)) ?? { code: 1, counts: NONE, failures: [] }
  const ran = result.counts.passed + result.counts.failed
  failures.push(...result.failures.map((line) => `${name}: ${line}`))
  if (ran === 0) failures.push(`${name}: ran no test`)
  else if (result.code !== 0 && result.failures.length === 0)
    failures.push(`${name}: no test failed, but it ended with ${result.code}`)
  failed ||= result.code !== 0 || ran === 0 || result.counts.failed > 0
  total = add(total, result.counts)
}
// A runner that died or found nothing must be seen in the line that is read by machines, too.
if (failed && total.failed === 0) total = add(total, { passed: 0, failed: 1, skipped: 0 })
// Once more at the end: what the first runner said is thousands of lines away.
if (failures.length > 0) process.stdout.write(`\nWhat failed:\n${failures.map((line) => `  ${line}\n`).join('')}`)
process.stdout.write(`\n${sumLine(total)}\n`)
process.exitCode = failed ? 1 : 0
