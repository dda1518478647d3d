import { FOUNDING } from '../events/make.ts'
import { people, ulidOf } from '../seeded.ts'
import { ANNA, member, type Story, trusted } from './village.ts'

/** COM-2, COM-3: who gets in. */
export const JOINING: readonly Story[] = [
  { name: 'a founding', comment: 'The founder is the first anchor', tell: async () => ({ anna: ANNA }) },
  {
    name: 'a joining',
    comment: 'By an invite of the founder',
    rule: 'COM-3',
    tell: async ({ join }) => {
      await join('bert')
      return { anna: ANNA, bert: member('Bert') }
    },
  },
  {
    name: 'a trusted joining',
    comment: 'By an invite of an anchor',
    rule: 'COM-2',
    tell: async ({ join }) => {
      await join('bert', { level: 'trusted' })
      return { anna: ANNA, bert: trusted('Bert') }
    },
  },
  {
    name: 'a member invites',
    comment: 'The policy lets members invite members',
    rule: 'COM-2',
    tell: async ({ join }) => {
      await join('bert')
      await join('carla', { by: 'bert' })
      return { anna: ANNA, bert: member('Bert'), carla: member('Carla') }
    },
  },
  {
    name: 'a member invites a trusted one',
    comment: 'Nobody gives what they do not have',
    rule: 'COM-2',
    tell: async ({ join }) => {
      await join('bert')
      await join('carla', { by: 'bert', level: 'trusted' })
      return { anna: ANNA, bert: member('Bert') }
    },
  },
  {
    name: 'a stranger invites',
    comment: 'A signature is no right',
    rule: 'COM-2',
    tell: async ({ join }) => {
      await join('carla', { by: 'stranger' })
      return { anna: ANNA }
    },
  },
  {
    name: 'somebody invites themselves',
    comment: 'A signature is no right',
    rule: 'COM-2',
    tell: async ({ join }) => {
      await join('carla', { by: 'carla' })
      return { anna: ANNA }
    },
  },
  {
    name: 'two with an invite for one',
    comment: 'The first in replay order is in',
    rule: 'COM-2',
    tell: async ({ join }) => {
      await join('bert', { label: 'one' })
      await join('carla', { label: 'one' })
      return { anna: ANNA, bert: member('Bert') }
    },
  },
  {
    name: 'two with an invite for two',
    comment: 'Both are in',
    rule: 'COM-2',
    tell: async ({ join }) => {
      await join('bert', { label: 'two', uses: 2 })
      await join('carla', { label: 'two', uses: 2 })
      return { anna: ANNA, bert: member('Bert'), carla: member('Carla') }
    },
  },
  {
    name: 'joining twice',
    comment: 'A second joining changes nothing, and uses nothing up',
    rule: 'COM-3',
    tell: async ({ join }) => {
      await join('bert', { label: 'a' })
      await join('bert', { label: 'b', level: 'trusted' })
      await join('carla', { label: 'b', level: 'trusted' })
      return { anna: ANNA, bert: member('Bert'), carla: trusted('Carla') }
    },
  },
  {
    name: 'an invite withdrawn before',
    comment: 'By its issuer',
    rule: 'TOK-5',
    tell: async ({ add, log, join }) => {
      await add('anna', 'invite.issued', { jti: ulidOf('gone'), uses: 1, expires_at: '2026-05-27T08:14:22Z' })
      await log.add((await people()).anna, 'auth.token.revoked', { jti: ulidOf('gone') })
      await join('bert', { label: 'gone' })
      return { anna: ANNA }
    },
  },
  {
    name: 'an invite of a member, withdrawn without ever being recorded',
    comment: 'Its issuer is in the token',
    rule: 'TOK-5',
    tell: async ({ log, join }) => {
      await join('bert')
      await log.add((await people()).bert, 'auth.token.revoked', { jti: ulidOf('gone') })
      await join('carla', { label: 'gone', by: 'bert' })
      return { anna: ANNA, bert: member('Bert') }
    },
  },
  {
    name: 'an invite of a member, withdrawn by an anchor',
    comment: 'An anchor ends what anybody issued',
    rule: 'TOK-5',
    tell: async ({ log, join }) => {
      await join('bert')
      await log.add((await people()).anna, 'auth.token.revoked', { jti: ulidOf('gone') })
      await join('carla', { label: 'gone', by: 'bert' })
      return { anna: ANNA, bert: member('Bert') }
    },
  },
  {
    name: 'an invite withdrawn by a member who put it on record as its own',
    comment: 'A record makes nobody the issuer',
    rule: 'TOK-5',
    tell: async ({ add, log, join }) => {
      await join('bert')
      await add('bert', 'invite.issued', { jti: ulidOf('kept'), uses: 1, expires_at: '2026-05-27T08:14:22Z' })
      await log.add((await people()).bert, 'auth.token.revoked', { jti: ulidOf('kept') })
      await join('carla', { label: 'kept' })
      return { anna: ANNA, bert: member('Bert'), carla: member('Carla') }
    },
  },
  {
    name: 'an invite withdrawn by a stranger to it',
    comment: 'A plain member withdraws nothing of others',
    rule: 'TOK-5',
    tell: async ({ add, log, join }) => {
      await join('bert')
      await add('anna', 'invite.issued', { jti: ulidOf('kept'), uses: 1, expires_at: '2026-05-27T08:14:22Z' })
      await log.add((await people()).bert, 'auth.token.revoked', { jti: ulidOf('kept') })
      await join('carla', { label: 'kept' })
      return { anna: ANNA, bert: member('Bert'), carla: member('Carla') }
    },
  },
  {
    name: 'a stranger renames itself',
    comment: 'It waits, and is nobody',
    rule: 'EVT-4',
    tell: async ({ rename }) => {
      await rename('stranger', 'Ich')
      return { anna: ANNA }
    },
  },
  {
    name: 'a member founds again, dated back',
    comment: 'Only the root founds',
    rule: 'COM-1',
    tell: async ({ join, add }) => {
      await join('bert')
      await add('bert', 'root.founded', { ...FOUNDING, name: 'Berts', founder_name: 'Bert' }, { lamport: 0 })
      return { anna: ANNA, bert: member('Bert') }
    },
  },
  {
    name: 'the root founds again',
    comment: 'The first founding counts',
    rule: 'COM-1',
    tell: async ({ add }) => {
      await add('anna', 'root.founded', { ...FOUNDING, name: 'Anders' })
      return { anna: ANNA }
    },
  },
]
