import { lifeAfter } from '../../client/lives.ts'
import { type Case, ensure, member, same } from '../../harness/case.ts'

export const cases: readonly Case[] = [
  {
    id: 'CFG-1.kept',
    title: 'What the person set is set after a restart',
    needs: ['person', 'restart'],
    queue: 'alone',
    async run(context) {
      const { before, after } = await lifeAfter(context, 'restart')
      ensure(member(before.settings, 'evidence', 'enabled') === true, 'a setting that was changed', before.settings)
      same(after.settings, before.settings, 'the settings')
    },
  },
]
