import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY, type MemberLevel } from '#protocol/core/community.ts'
import { parseNodeId, type Ulid } from '#protocol/core/ids.ts'
import { type Community, canSign, type Member, signaturesNeeded, sortMembers, standingOver } from './standing.ts'

const id = (letter: string) => parseNodeId(`ed25519:${letter.repeat(43)}`)
const [anna, ben, cem] = [id('A'), id('B'), id('C')]
const member = (
  node_id: Member['node_id'],
  display_name: string,
  level: MemberLevel,
  status: Member['status'] = 'active',
): Member => ({
  node_id,
  display_name,
  level,
  status,
  joined_at: '2026-05-26T08:14:22Z',
  invited_by: null,
})
const community = (my_level: Community['my_level'], members: readonly Member[]): Community => ({
  community_id: anna,
  name: 'Issum',
  founded_at: '2026-05-26T08:14:22Z',
  policy: DEFAULT_POLICY,
  my_level,
  members: [...members],
  pending: [],
})

const trustedBen = member(ben, 'Ben', 'trusted')
const three = [member(anna, 'Anna', 'anchor'), trustedBen, member(cem, 'Cem', 'member')]

describe('what I may do about a member', () => {
  it('is to raise, lower and shut out, as a keeper', () => {
    expect(standingOver(community('anchor', three), anna, trustedBen)).toEqual({
      promote: ['anchor'],
      demote: true,
      revoke: true,
    })
    expect(standingOver(community('anchor', three), anna, member(cem, 'Cem', 'member'))).toEqual({
      promote: ['trusted', 'anchor'],
      demote: false,
      revoke: true,
    })
  })

  it('is nothing about the root, whose leaving would take away the ground (COM-1)', () => {
    expect(standingOver(community('anchor', three), ben, member(anna, 'Anna', 'anchor'))).toEqual({
      promote: [],
      demote: false,
      revoke: false,
    })
  })

  it('is nothing about myself, about who is gone, or as a plain member', () => {
    const nothing = { promote: [], demote: false, revoke: false }
    expect(standingOver(community('anchor', three), anna, member(anna, 'Anna', 'anchor'))).toEqual(nothing)
    expect(standingOver(community('anchor', three), anna, member(ben, 'Ben', 'trusted', 'left'))).toEqual(nothing)
    expect(standingOver(community('member', three), cem, member(ben, 'Ben', 'trusted'))).toEqual(nothing)
  })

  it('takes all signatures of a community that has fewer than the policy asks for (COM-4)', () => {
    expect(signaturesNeeded(community('anchor', three), 'revocation', cem)).toBe(2)
    expect(signaturesNeeded(community('anchor', three), 'revocation', ben)).toBe(1)
    const many = ['D', 'E', 'F', 'G'].map((letter) => member(id(letter), letter, 'trusted'))
    expect(signaturesNeeded(community('anchor', [...three, ...many]), 'demotion', ben)).toBe(3)
  })

  it('is to sign what others proposed, once, and never about myself', () => {
    const pending = { kind: 'revocation' as const, id: '0' as Ulid, subject: cem, reason: '', signed_by: [anna], needed: 2 }
    expect(canSign(community('trusted', three), ben, pending)).toBe(true)
    expect(canSign(community('anchor', three), anna, pending)).toBe(false)
    expect(canSign(community('member', three), cem, pending)).toBe(false)
  })
})

describe('the member list', () => {
  it('has me first and those who are gone last', () => {
    const gone = member(id('D'), 'Aaron', 'member', 'left')
    expect(sortMembers([gone, ...three], cem, 'de').map((one) => one.display_name)).toEqual(['Cem', 'Anna', 'Ben', 'Aaron'])
  })
})
