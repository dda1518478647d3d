// @ts-check
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} Counts */

/**
 * What a runner's report says: the counts, and a line for each failure.
 * @typedef {{ readonly counts: Counts, readonly failures: readonly string[] }} Told
 */

/** @type {Counts} */
export const NONE = { passed: 0, failed: 0, skipped: 0 }

/**
 * @param {Counts} a
 * @param {Counts} b
 * @returns {Counts}
 */
export const add = (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped })

/** @param {Counts} counts */
export const sumLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`

/** @param {unknown} message @returns {string} its first line, without colours */
const firstLine = (message) =>
  stripVTControlCharacters(String(message ?? ''))
    .trim()
    .split('\n')[0] ?? ''

/**
 * @param {unknown} report Vitest's JSON report
 * @returns {Told}
 */
export const readVitest = (report) => {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = /** @type {any} */ (report)
  const failures = []
  let broken = 0
  for (const { name, status, message, assertionResults } of testResults) {
    const file = relative(process.cwd(), name)
    const failed = assertionResults.filter((/** @type {any} */ test) => test.status === 'failed')
    for (const { fullName, failureMessages } of failed)
      failures.push(`${file} › ${fullName}: ${firstLine(failureMessages?.[0])}`)
    // A file that could not be loaded has no tests: it counts as one that failed, or it would be lost.
    if (status !== 'failed' || failed.length > 0) continue
    broken++
    failures.push(`${file}: ${firstLine(message)}`)
  }
  return {
    counts: { passed: numPassedTests, failed: numFailedTests + broken, skipped: numPendingTests + numTodoTests },
    failures,
  }
}

/**
 * @param {unknown} report Playwright's JSON report; a test that passed on a second try counts as failed, and no retries are set
 * @returns {Told}
 */
export const readPlaywright = (report) => {
  const { stats, errors, suites } = /** @type {any} */ (report)
  /** @type {string[]} */
  const failures = errors.map((/** @type {any} */ { message }) => firstLine(message))
  const look = (/** @type {any} */ suite) => {
    for (const { file, line, title, ok, tests } of suite.specs ?? []) {
      const error = tests.flatMap((/** @type {any} */ test) =>
        test.results.flatMap((/** @type {any} */ result) => result.errors ?? []),
      )[0]
      if (!ok) failures.push(`${file}:${line} › ${title}: ${firstLine(error?.message)}`)
    }
    for (const inner of suite.suites ?? []) look(inner)
  }
  for (const suite of suites) look(suite)
  const failed = stats.unexpected + stats.flaky + errors.length
  return { counts: { passed: stats.expected, failed, skipped: stats.skipped }, failures }
}

/**
 * @param {string} file
 * @param {(report: unknown) => Told} read
 * @returns {Told} nothing at all if the runner died before it wrote its report
 */
export const readReport = (file, read) =>
  existsSync(file) ? read(JSON.parse(readFileSync(file, 'utf8'))) : { counts: NONE, failures: [] }
