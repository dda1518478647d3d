// @ts-check
import { existsSync, readFileSync } from 'node:fs'

/** @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} Counts */

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

/**
 * @param {unknown} report Vitest's JSON report
 * @returns {Counts}
 */
export const countVitest = (report) => {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = /** @type {any} */ (report)
  // A file that could not be loaded has no tests: it counts as one that failed, or it would be lost.
  const broken = testResults.filter(
    (/** @type {any} */ file) =>
      file.status === 'failed' && !file.assertionResults.some((/** @type {any} */ test) => test.status === 'failed'),
  ).length
  return { passed: numPassedTests, failed: numFailedTests + broken, skipped: numPendingTests + numTodoTests }
}

/**
 * @param {unknown} report Playwright's JSON report; a test that passed on a second try counts as failed, and no retries are set
 * @returns {Counts}
 */
export const countPlaywright = (report) => {
  const { stats, errors } = /** @type {any} */ (report)
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length, skipped: stats.skipped }
}

/**
 * @param {string} file
 * @param {(report: unknown) => Counts} count
 * @returns {Counts} nothing at all if the runner died before it wrote its report
 */
export const readCounts = (file, count) => (existsSync(file) ? count(JSON.parse(readFileSync(file, 'utf8'))) : NONE)
