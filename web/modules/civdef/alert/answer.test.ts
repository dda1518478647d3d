import { describe, expect, it } from 'vitest'
import { answeringOf } from './answer.ts'

describe('whether a person can answer (CIV-11)', () => {
  const resident = { isMirror: false, forRoles: false, inRole: false, publicAcks: false }

  it('is no for a resident and an alert to everyone, until the policy allows it', () => {
    expect(answeringOf(resident)).toBe('not_collected')
    expect(answeringOf({ ...resident, publicAcks: true })).toBe('open')
  })

  it('is yes in a role, and for an alert to roles', () => {
    expect(answeringOf({ ...resident, inRole: true })).toBe('open')
    expect(answeringOf({ ...resident, forRoles: true })).toBe('open')
  })

  it('is never for an official warning', () => {
    expect(answeringOf({ isMirror: true, forRoles: true, inRole: true, publicAcks: true })).toBe('mirror')
  })
})
