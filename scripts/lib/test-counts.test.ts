import { describe, expect, it } from 'vitest'
import { add, countPlaywright, countVitest, NONE, readCounts, sumLine } from './test-counts.mjs'

describe('The sum line', () => {
  it('adds what all runners counted', () => {
    expect(sumLine(add({ passed: 3, failed: 0, skipped: 1 }, { passed: 4, failed: 2, skipped: 0 }))).toBe(
      '7 passed, 2 failed, 1 skipped',
    )
  })

  it('counts a file that could not be loaded as a failure', () => {
    const report = {
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 0,
      numTodoTests: 1,
      testResults: [
        { status: 'passed', assertionResults: [{ status: 'passed' }] },
        { status: 'failed', assertionResults: [{ status: 'failed' }] },
        { status: 'failed', assertionResults: [] },
      ],
    }
    expect(countVitest(report)).toEqual({ passed: 5, failed: 2, skipped: 1 })
  })

  it('counts a flaky journey and an error outside any journey as failures', () => {
    const report = { stats: { expected: 2, unexpected: 1, flaky: 1, skipped: 3 }, errors: [{ message: 'no such file' }] }
    expect(countPlaywright(report)).toEqual({ passed: 2, failed: 3, skipped: 3 })
  })

  it('knows nothing of a runner that left no report', () => {
    expect(readCounts('/nowhere/report.json', countVitest)).toEqual(NONE)
  })
})
