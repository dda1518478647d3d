import { describe, expect, it } from 'vitest'
import { communityInvite } from '#protocol/community/capabilities.ts'
import { DEFAULT_POLICY } from '#protocol/core/community.ts'
import type { Ulid } from '#protocol/core/ids.ts'
import { matches } from '#protocol/core/schema.ts'
import {
  inviteLevels,
  inviteState,
  mayInvite,
  type OpenInvite,
  sortInvites,
  USES_CHOICES,
  VALID_CHOICES,
  VALID_NAMES,
} from './terms.ts'

const now = Date.parse('2026-05-26T08:00:00Z')
const invite = (jti: string, expires_at: string, revoked = false): OpenInvite => ({
  jti: jti as Ulid,
  expires_at,
  uses: 1,
  redeemed: 0,
  revoked,
})

describe('inviting', () => {
  it('is for every member unless the policy says otherwise (COM-1)', () => {
    const closed = { ...DEFAULT_POLICY, default_member_can_invite: false }
    expect(mayInvite({ my_level: 'member', policy: DEFAULT_POLICY })).toBe(true)
    expect(mayInvite({ my_level: 'member', policy: closed })).toBe(false)
    expect(mayInvite({ my_level: 'trusted', policy: closed })).toBe(true)
    expect(mayInvite({ my_level: 'unknown', policy: DEFAULT_POLICY })).toBe(false)
  })

  it('as trusted takes being trusted', () => {
    expect(inviteLevels({ my_level: 'member' })).toEqual(['member'])
    expect(inviteLevels({ my_level: 'trusted' })).toEqual(['member', 'trusted'])
  })

  it('offers only what the contract takes (COM-2)', () => {
    for (const valid of VALID_NAMES) {
      for (const uses of USES_CHOICES) {
        expect(matches(communityInvite.input, { level: 'member', valid_seconds: VALID_CHOICES[valid], uses })).toBe(true)
      }
    }
  })
})

describe('the list of invites', () => {
  const soon = invite('1', '2026-05-26T09:00:00Z')
  const later = invite('2', '2026-05-27T08:00:00Z')
  const over = invite('3', '2026-05-26T07:59:59Z')
  const revoked = invite('4', '2026-05-27T08:00:00Z', true)

  it('tells open from used up, expired and revoked', () => {
    const usedUp = { ...soon, redeemed: 1 }
    const states = [soon, usedUp, over, revoked].map((one) => inviteState(one, now))
    expect(states).toEqual(['open', 'used_up', 'expired', 'revoked'])
  })

  it('shows what still opens a door first', () => {
    expect(sortInvites([revoked, over, later, soon], now)).toEqual([soon, later, over, revoked])
  })
})
