import { alertOf, certificateOf, contentOf } from '../../../client/alerts.ts'
import { contentId, gossipTopic, type Json, text, utf8, verify } from '../../../client/encoding.ts'
import { type Peer, SYNC } from '../../../client/peer.ts'
import { type Case, ensure, isObject, member } from '../../../harness/case.ts'

const NOTE = 'conformance.note.written'
const encode = (value: unknown): Uint8Array => utf8(JSON.stringify(value))

/** The next event on the topic for which `wanted` holds, or null in that time. */
async function next(peer: Peer, wanted: (event: Json) => boolean, waitMs: number): Promise<Json | null> {
  const until = Date.now() + waitMs
  while (Date.now() < until) {
    const bytes = await peer.line.heard(until - Date.now())
    if (bytes === null) return null
    const event: Json = JSON.parse(text(bytes))
    if (wanted(event)) return event
  }
  return null
}

async function listeners(fresh: () => Promise<Peer>): Promise<readonly [Peer, Peer]> {
  const [speaker, hearer] = await Promise.all([fresh(), fresh()])
  await Promise.all([speaker, hearer].map((peer) => peer.line.subscribe(gossipTopic(peer.community))))
  return [speaker, hearer]
}

/** How long gossip may take to find its way to somebody who has just come. */
const SPREAD_MS = 30_000
/** After this long without it the next one is sent: a subscription takes a moment to reach the others. */
const AGAIN_MS = 700

/** Lets go of every session that the system opened until now, of itself or when they met. */
async function silence(peer: Peer): Promise<void> {
  for (let stream = await peer.line.incoming(SYNC, QUIET_MS); stream; stream = await peer.line.incoming(SYNC, QUIET_MS))
    stream.abort()
}

/** Longer than what SYN-7 and SYN-8 allow, shorter than what the clock of SYN-2 takes. */
const ASKED_MS = 12_000
const QUIET_MS = 500

export const cases: readonly Case[] = [
  {
    id: 'SYN-1.publishes-its-own',
    title: 'What the person writes is published on the topic of SYN-1, signed',
    needs: ['gossip', 'person'],
    async run({ fresh, does, eventually, target }) {
      const peer = await fresh('member')
      await peer.line.subscribe(gossipTopic(peer.community))
      let heard: Json | null = null
      let turn = 0
      // a subscription takes a moment to reach the node: it writes until it is heard
      const was = await eventually(async () => {
        await does('community.rename', { display_name: `Node under test ${++turn}` })
        heard = await next(peer, (event) => member(event, 'author') === target.nodeId, AGAIN_MS)
        return heard !== null
      }, SPREAD_MS)
      ensure(was && isObject(heard), 'an event of the node', heard)
      ensure(verify(target.nodeId, heard), 'its signature', heard)
    },
  },
  {
    id: 'SYN-1.forwards-what-it-verified',
    title: 'A verified event is passed on to those who listen',
    needs: ['gossip', 'between'],
    async run({ fresh, eventually }) {
      const [speaker, hearer] = await listeners(() => fresh('member'))
      const sent = new Set<string>()
      const was = await eventually(async () => {
        const event = speaker.event(NOTE, { text: 'pass it on' })
        sent.add(contentId(event))
        await speaker.publish(encode(event))
        return (await next(hearer, (heard) => sent.has(contentId(heard)), AGAIN_MS)) !== null
      }, SPREAD_MS)
      ensure(was, 'the event at the other peer', 'nothing')
    },
  },
  {
    id: 'SYN-1.stores-what-it-heard',
    title: 'An event from gossip is stored and synced as any other',
    needs: ['gossip', 'sync'],
    async run({ fresh, eventually }) {
      const speaker = await fresh('member')
      await speaker.line.subscribe(gossipTopic(speaker.community))
      const sent = new Set<string>()
      const was = await eventually(async () => {
        const event = speaker.event(NOTE, { text: 'by gossip' })
        sent.add(contentId(event))
        await speaker.publish(encode(event))
        return eventually(async () => (await speaker.offeredAt(event.lamport)).some((id) => sent.has(id)), AGAIN_MS)
      }, SPREAD_MS)
      ensure(was, 'the event among what it offers', 'not there')
    },
  },
  {
    id: 'SYN-1.does-not-forward-lies',
    title: 'An event that does not verify is not passed on, and the next true one is',
    needs: ['gossip', 'between'],
    async run({ fresh, eventually }) {
      const [speaker, hearer] = await listeners(() => fresh('member'))
      const lie = { ...speaker.event(NOTE, { text: 'true' }), data: { text: 'false' } }
      const truths = new Set<string>()
      let lied = false
      const tellTheTruth = async (text: string): Promise<boolean> => {
        const event = speaker.event(NOTE, { text })
        truths.add(contentId(event))
        await speaker.publish(encode(event))
        const heard = await next(
          hearer,
          (one) => {
            lied ||= contentId(one) === contentId(lie)
            return truths.has(contentId(one))
          },
          AGAIN_MS,
        )
        return heard !== null
      }
      const before = await eventually(() => tellTheTruth('the way is there'), SPREAD_MS)
      ensure(before, 'a true event at the other peer', 'nothing')
      // one lie is enough: who lies more is listened to less, and then the truth takes its time
      await speaker.publish(encode(lie))
      truths.clear()
      const was = await eventually(() => tellTheTruth('and this is true, too'), SPREAD_MS)
      ensure(was, 'the true event at the other peer', 'nothing')
      ensure(!lied, 'no forged event', 'it was passed on')
    },
  },
  {
    id: 'SYN-7.asks-for-the-gap',
    title: 'An event whose predecessor never came makes the node ask whoever it came from',
    needs: ['gossip', 'sync', 'inbound'],
    // an alert of another case would make the node compare with everybody (SYN-8)
    queue: 'alone',
    async run({ fresh, peer, eventually }) {
      // who looks is somebody else: a session of the speaker's own would answer what the node has to ask
      const looker = await peer('member')
      const was = await eventually(async () => {
        // gossip may reach the node by somebody else, who is asked then: the next speaker stands somewhere else
        const speaker = await fresh('member')
        await speaker.line.subscribe(gossipTopic(speaker.community))
        await silence(speaker)
        const isStored = await eventually(async () => {
          speaker.follow(speaker.event(NOTE, { text: 'nobody hears this one' }))
          const event = speaker.event(NOTE, { text: 'this one is heard' })
          await speaker.publish(encode(event))
          return eventually(async () => (await looker.offeredAt(event.lamport)).includes(contentId(event)), AGAIN_MS)
        }, SPREAD_MS)
        if (!isStored) return false
        const asked = await speaker.line.incoming(SYNC, ASKED_MS)
        asked?.abort()
        return asked !== null
      }, SPREAD_MS)
      ensure(was, 'a reconciliation that the node opens', 'none')
    },
  },
  {
    id: 'SYN-8.compares-after-an-alert',
    title: 'After an alert the node compares with its neighbours, in case they did not hear it',
    needs: ['gossip', 'sync', 'inbound'],
    async run({ fresh }) {
      const [speaker, neighbour] = [await fresh('member'), await fresh('member')]
      await silence(neighbour)
      // nobody need believe it: what is stored is compared
      const certificate = certificateOf(speaker.identity, speaker.nodeId)
      ensure(await speaker.gives(alertOf(speaker, contentOf(speaker, certificate)).event), 'an alert that is stored', 'refused')
      const asked = await neighbour.line.incoming(SYNC, ASKED_MS)
      asked?.abort()
      ensure(asked !== null, 'a reconciliation that the node opens', 'none')
    },
  },
]
