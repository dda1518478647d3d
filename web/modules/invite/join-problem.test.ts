import { describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { canRetry, joinProblem, joinStep } from './join-problem.ts'

describe('a join that fails (COM-2)', () => {
  it.each([
    ['expired', 'expired', false],
    ['revoked', 'withdrawn', false],
    ['unauthorized', 'refused', false],
    ['invalid_signature', 'forged', false],
    ['bad_request', 'unreadable', false],
    ['partition', 'unreachable', true],
    ['timeout', 'unreachable', true],
    ['internal_error', 'other', true],
  ] as const)('with %s is told as %s', (code, problem, again) => {
    expect(joinProblem(new HearthError(code, 'refused'))).toBe(problem)
    expect(canRetry(problem)).toBe(again)
  })

  it('because the invite was used already does not claim that it ran out', () => {
    const error = new HearthError('expired', 'this invite was used already', { data: { reason: 'redeemed' } })
    expect(joinProblem(error)).toBe('redeemed')
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
