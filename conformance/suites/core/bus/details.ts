import { wireTime } from '../../../client/encoding.ts'
import { type Case, ensure, member, outcomeOf, same } from '../../../harness/case.ts'
import type { Talk } from '../../../harness/target.ts'

const DAY_SECONDS = 86_400
/** `max_concurrent` of events.watch. */
const PLACES = 32

export const cases: readonly Case[] = [
  {
    id: 'BUS-3.clock-is-told',
    title: 'The person is told of a peer whose clock is a day ahead',
    needs: ['wire', 'person'],
    async run({ fresh, does, eventually }) {
      const peer = await fresh('member')
      await peer.ask('node.echo', { payload: 'x' }, { timestamp: wireTime(Date.now() + DAY_SECONDS * 1000) })
      let seen: unknown = null
      const told = await eventually(async () => {
        const peers = member(await does('node.peers', {}), 'peers')
        seen = Array.isArray(peers) ? peers.find((one) => member(one, 'node_id') === peer.nodeId) : null
        return Math.abs(Number(member(seen, 'clock_ahead_seconds')) - DAY_SECONDS) < 60
      })
      ensure(told, `about ${DAY_SECONDS} s ahead`, seen)
    },
  },
  {
    id: 'BUS-3.payload-untouched',
    title: 'What a call carries comes back character for character, space at its ends too',
    needs: ['call'],
    async run({ peer }) {
      const payload = '  \t grüß dich \n '
      same(member(await (await peer('member')).ask('node.echo', { payload }), 'output', 'payload'), payload, 'payload')
    },
  },
  {
    id: 'BUS-3.places',
    title: 'A call beyond max_concurrent is capacity_exceeded, and a place that was left is free again',
    needs: ['person', 'stream'],
    queue: 'alone',
    async run({ seat }) {
      const open = seat.open
      if (!open) throw new Error('this target has no streaming calls')
      const held: Talk[] = []
      let refused = ''
      for (let at = 0; at <= PLACES && refused === ''; at++) {
        const talk = await open('events.watch', {})
        held.push(talk)
        // who has a place is silent until something happens
        const heard = await talk.hear(at < PLACES ? 5 : 10_000)
        if (outcomeOf(heard) !== 'no answer') refused = outcomeOf(heard)
        else if (member(heard, 'event') === 'error') refused = String(member(heard, 'data', 'code'))
      }
      for (const talk of held) talk.abort()
      ensure(refused === 'capacity_exceeded', 'capacity_exceeded', refused === '' ? `${held.length} places` : refused)
    },
  },
]
