import { eventContentId } from '#protocol/core/event.ts'
import { ANNA, member, type Story, trusted } from './village.ts'

/** COM-4, COM-6: who leaves and who is made to. */
export const ENDINGS: readonly Story[] = [
  {
    name: 'leaving',
    comment: 'Gone, and on record',
    rule: 'COM-6',
    tell: async ({ join, add }) => {
      await join('bert')
      await add('bert', 'member.left', {})
      return { anna: ANNA, bert: ['member', 'left', 'Bert'] }
    },
  },
  {
    name: 'a name after leaving',
    comment: 'What follows the goodbye does not count',
    rule: 'COM-6',
    tell: async ({ join, add, rename }) => {
      await join('bert')
      await add('bert', 'member.left', {})
      await rename('bert', 'Neu')
      return { anna: ANNA, bert: ['member', 'left', 'Bert'] }
    },
  },
  {
    name: 'leaving and coming back',
    comment: 'By another invite',
    rule: 'COM-6',
    tell: async ({ join, add }) => {
      await join('bert', { label: 'a' })
      await add('bert', 'member.left', {})
      await join('bert', { label: 'b' })
      return { anna: ANNA, bert: member('Bert') }
    },
  },
  {
    name: 'the founder leaves',
    comment: 'The ground of the others stays',
    rule: 'COM-1',
    tell: async ({ join, add }) => {
      await join('bert')
      await add('anna', 'member.left', {})
      return { anna: ANNA, bert: member('Bert') }
    },
  },
  {
    name: 'a revocation',
    comment: 'One signature, for only one could sign',
    rule: 'COM-4',
    tell: async ({ join, revoke }) => {
      await join('bert')
      await revoke('anna', 'bert')
      return { anna: ANNA, bert: ['member', 'revoked', 'Bert'] }
    },
  },
  {
    name: 'a revocation by too few',
    comment: 'Two could sign, one did',
    rule: 'COM-4',
    tell: async ({ join, revoke }) => {
      await join('bert')
      await join('dora', { level: 'trusted' })
      await revoke('dora', 'bert')
      return { anna: ANNA, bert: member('Bert'), dora: trusted('Dora') }
    },
  },
  {
    name: 'a revocation by enough',
    comment: 'Two could sign, and both did, over one record',
    rule: 'COM-4',
    tell: async ({ join, revoke, log }) => {
      const joined = await join('bert')
      await join('dora', { level: 'trusted' })
      await revoke('dora', 'bert', log.tip(joined.author))
      await revoke('anna', 'bert', log.tip(joined.author))
      return { anna: ANNA, bert: ['member', 'revoked', 'Bert'], dora: trusted('Dora') }
    },
  },
  {
    name: 'two signatures over two records',
    comment: 'They do not count together',
    rule: 'COM-4',
    tell: async ({ join, revoke }) => {
      await join('bert')
      await join('dora', { level: 'trusted' })
      await revoke('dora', 'bert', [])
      await revoke('anna', 'bert')
      return { anna: ANNA, bert: member('Bert'), dora: trusted('Dora') }
    },
  },
  {
    name: 'a plain member revokes',
    comment: 'A member’s signature does not count',
    rule: 'COM-4',
    tell: async ({ join, revoke }) => {
      await join('bert')
      await join('carla')
      await revoke('carla', 'bert')
      return { anna: ANNA, bert: member('Bert'), carla: member('Carla') }
    },
  },
  {
    name: 'one signs twice',
    comment: 'Signers are counted, not signatures',
    rule: 'COM-4',
    tell: async ({ join, revoke, log }) => {
      const { author } = await join('bert')
      await join('dora', { level: 'trusted' })
      await revoke('dora', 'bert', log.tip(author))
      await revoke('dora', 'bert', log.tip(author))
      return { anna: ANNA, bert: member('Bert'), dora: trusted('Dora') }
    },
  },
  {
    name: 'the founder is revoked',
    comment: 'Not possible',
    rule: 'COM-1',
    tell: async ({ join, revoke }) => {
      await join('bert', { level: 'trusted' })
      await revoke('bert', 'anna')
      return { anna: ANNA, bert: trusted('Bert') }
    },
  },
  {
    name: 'a name behind the bound',
    comment: 'last_valid ends before it',
    rule: 'COM-4',
    tell: async ({ join, rename, revoke, log }) => {
      const { author } = await join('bert')
      const ends = log.tip(author)
      await rename('bert', 'Neu')
      await revoke('anna', 'bert', ends)
      return { anna: ANNA, bert: ['member', 'revoked', 'Bert'] }
    },
  },
  {
    name: 'a name within the bound',
    comment: 'last_valid names it',
    rule: 'COM-4',
    tell: async ({ join, rename, revoke }) => {
      await join('bert')
      await rename('bert', 'Neu')
      await revoke('anna', 'bert')
      return { anna: ANNA, bert: ['member', 'revoked', 'Neu'] }
    },
  },
  {
    name: 'a name dated back',
    comment: 'Not reached from last_valid, whatever its time',
    rule: 'COM-4',
    tell: async ({ join, rename, revoke, log }) => {
      const joined = await join('bert')
      const ends = log.tip(joined.author)
      await revoke('anna', 'bert', ends)
      await rename('bert', 'Alt', { lamport: joined.lamport + 1, prev: eventContentId(joined) })
      return { anna: ANNA, bert: ['member', 'revoked', 'Bert'] }
    },
  },
  {
    name: 'an invite of the revoked, not on record',
    comment: 'Whoever it let in is out',
    rule: 'COM-4',
    tell: async ({ join, revoke, log }) => {
      const { author } = await join('bert')
      const ends = log.tip(author)
      await join('carla', { by: 'bert' })
      await revoke('anna', 'bert', ends)
      return { anna: ANNA, bert: ['member', 'revoked', 'Bert'] }
    },
  },
  {
    name: 'coming back after a revocation',
    comment: 'No invite lets the revoked in',
    rule: 'COM-4',
    tell: async ({ join, revoke }) => {
      await join('bert', { label: 'a' })
      await revoke('anna', 'bert')
      await join('bert', { label: 'b' })
      return { anna: ANNA, bert: ['member', 'revoked', 'Bert'] }
    },
  },
]
