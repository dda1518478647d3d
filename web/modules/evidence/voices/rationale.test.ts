import { describe, expect, it } from 'vitest'
import { rationaleProblem } from './rationale.ts'

describe('a reason', () => {
  it('is never empty, and of 1000 characters at most', () => {
    expect(rationaleProblem(' \n ')).toBe('required')
    expect(rationaleProblem('x'.repeat(1000))).toBeNull()
    expect(rationaleProblem(` ${'x'.repeat(1000)} `)).toBeNull()
    expect(rationaleProblem('x'.repeat(1001))).toBe('too_long')
  })
})
