import { DEFAULT_POLICY } from '#protocol/core/community.ts'
import { eventContentId } from '#protocol/core/event.ts'
import { ANNA, member, type Story, trusted } from './village.ts'

/** COM-1, COM-7: what people may do, and what they are called. */
export const LEVELS: readonly Story[] = [
  {
    name: 'an anchor raises a member',
    comment: 'To trusted',
    rule: 'COM-7',
    tell: async ({ join, promote }) => {
      await join('bert')
      await promote('anna', 'bert', 'trusted')
      return { anna: ANNA, bert: trusted('Bert') }
    },
  },
  {
    name: 'a member raises itself',
    comment: 'Only an anchor raises',
    rule: 'COM-7',
    tell: async ({ join, promote }) => {
      await join('bert')
      await promote('bert', 'bert', 'anchor')
      return { anna: ANNA, bert: member('Bert') }
    },
  },
  {
    name: 'a trusted member raises another',
    comment: 'Only an anchor raises',
    rule: 'COM-7',
    tell: async ({ join, promote }) => {
      await join('bert', { level: 'trusted' })
      await join('carla')
      await promote('bert', 'carla', 'trusted')
      return { anna: ANNA, bert: trusted('Bert'), carla: member('Carla') }
    },
  },
  {
    name: 'raising to a lower level',
    comment: 'It changes nothing',
    rule: 'COM-7',
    tell: async ({ join, promote }) => {
      await join('bert')
      await promote('anna', 'bert', 'anchor')
      await promote('anna', 'bert', 'trusted')
      return { anna: ANNA, bert: ['anchor', 'active', 'Bert'] }
    },
  },
  {
    name: 'a demotion',
    comment: 'One signature, for only one could sign',
    rule: 'COM-7',
    tell: async ({ join, demote }) => {
      await join('bert', { level: 'trusted' })
      await demote('anna', 'bert')
      return { anna: ANNA, bert: member('Bert') }
    },
  },
  {
    name: 'a demotion by too few',
    comment: 'Two could sign, one did',
    rule: 'COM-7',
    tell: async ({ join, demote }) => {
      await join('bert', { level: 'trusted' })
      await join('dora', { level: 'trusted' })
      await demote('dora', 'bert')
      return { anna: ANNA, bert: trusted('Bert'), dora: trusted('Dora') }
    },
  },
  {
    name: 'a policy of an anchor',
    comment: 'Members invite no more',
    rule: 'COM-1',
    policy: { default_member_can_invite: false },
    tell: async ({ join, add }) => {
      await join('bert')
      await add('anna', 'policy.changed', { policy: { ...DEFAULT_POLICY, default_member_can_invite: false } })
      await join('carla', { by: 'bert' })
      return { anna: ANNA, bert: member('Bert') }
    },
  },
  {
    name: 'a policy of a member',
    comment: 'It changes nothing',
    rule: 'COM-1',
    tell: async ({ join, add }) => {
      await join('bert')
      await add('bert', 'policy.changed', { policy: { ...DEFAULT_POLICY, min_signatures_to_revoke: 0 } })
      return { anna: ANNA, bert: member('Bert') }
    },
  },
  {
    name: 'two names in one moment',
    comment: 'The later in replay order: the larger content id',
    rule: 'EVT-3',
    tell: async ({ rename }) => {
      const pair = [await rename('anna', 'Ada', { lamport: 9 }), await rename('anna', 'Zoe', { lamport: 9 })]
      const [last] = pair.sort((a, b) => (eventContentId(a) < eventContentId(b) ? 1 : -1))
      return { anna: ['anchor', 'active', String(Object(last?.data).display_name)] }
    },
  },
]
