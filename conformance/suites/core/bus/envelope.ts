import { type Case, ensure, member, outcomeOf } from '../../../harness/case.ts'

export const cases: readonly Case[] = [
  {
    id: 'BUS-3.echo',
    title: 'A member’s call is answered with its request_id and what it asked for',
    needs: ['call'],
    async run({ peer }) {
      const member1 = await peer('member')
      const request = member1.request('node.echo', { payload: 'grüß dich 🌱' })
      const answer = await member1.deliver(request)
      ensure(outcomeOf(answer) === 'ok', 'an answer', answer)
      ensure(member(answer, 'output', 'payload') === 'grüß dich 🌱', 'the payload that was sent', answer)
      ensure(member(answer, 'request_id') === request.request_id, 'the request_id of the request', answer)
    },
  },
]
