import { type Case, ensure, member, same } from '../../harness/case.ts'

export const cases: readonly Case[] = [
  {
    id: 'CFG-1.kept',
    title: 'What the person set is set after a restart',
    needs: ['person', 'restart'],
    alone: true,
    async run({ does, target }) {
      const before = await does('config.get', {})
      ensure(member(before, 'evidence', 'enabled') === true, 'a setting that was changed', before)
      await target.restart?.()
      same(await does('config.get', {}), before, 'the settings')
    },
  },
]
