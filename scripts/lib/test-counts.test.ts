import { describe, expect, it } from 'vitest'
import { add, NONE, readPlaywright, readReport, readVitest, sumLine } from './test-counts.mjs'

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
        { name: 'a.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }] },
        {
          name: 'b.test.ts',
          status: 'failed',
          assertionResults: [
            {
              status: 'failed',
              fullName: 'adds',
              failureMessages: ['\u001b[31mError: expected 3\u001b[39m\n    at b.test.ts:1'],
            },
          ],
        },
        { name: 'c.test.ts', status: 'failed', message: 'Cannot find module', assertionResults: [] },
      ],
    }
    expect(readVitest(report)).toEqual({
      counts: { passed: 5, failed: 2, skipped: 1 },
      failures: ['b.test.ts › adds: Error: expected 3', 'c.test.ts: Cannot find module'],
    })
  })

  it('counts a flaky journey and an error outside any journey as failures', () => {
    const errors = [{ message: 'Error: 2 s are over\nCall log' }]
    const lost = { file: 'a.e2e.ts', line: 3, title: 'Anna founds', ok: false, tests: [{ results: [{ errors }] }] }
    const report = {
      stats: { expected: 2, unexpected: 1, flaky: 1, skipped: 3 },
      errors: [{ message: 'no such file' }],
      suites: [{ specs: [], suites: [{ specs: [{ ok: true, tests: [] }, lost] }] }],
    }
    expect(readPlaywright(report)).toEqual({
      counts: { passed: 2, failed: 3, skipped: 3 },
      failures: ['no such file', 'a.e2e.ts:3 › Anna founds: Error: 2 s are over'],
    })
  })

  it('knows nothing of a runner that left no report', () => {
    expect(readReport('/nowhere/report.json', readVitest)).toEqual({ counts: NONE, failures: [] })
  })
})
