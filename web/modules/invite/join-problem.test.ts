import { describe, expect, it } from 'vitest'
import { canRetry, joinProblem, joinStep } from './join-problem.ts'

describe('a join that fails (COM-2)', () => {
  it.each([
    ['expired', 'expired', false],
    ['revoked', 'redeemed', false],
    ['invalid_signature', 'forged', false],
    ['bad_request', 'unreadable', false],
    ['partition', 'unreachable', true],
    ['timeout', 'unreachable', true],
    ['internal_error', 'other', true],
  ] as const)('with %s is told as %s', (code, problem, again) => {
    expect(joinProblem(code)).toBe(problem)
    expect(canRetry(problem)).toBe(again)
  })
})

describe('the steps of joining (COM-3)', () => {
  it('go from a box to a member to their answer', () => {
    expect(joinStep(false, false)).toBe('reach')
    expect(joinStep(true, false)).toBe('find')
    expect(joinStep(true, true)).toBe('ask')
    expect(joinStep(false, true)).toBe('ask')
  })
})
