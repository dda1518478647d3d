import { contentId, gossipTopic, type Json, text, utf8, wireTime } from '../../client/encoding.ts'
import { federationTopic } from '../../client/federation.ts'
import { agreed, withNeighbour } from '../../client/neighbours.ts'
import { nextJson } from '../../client/peer.ts'
import { type Case, ensure, member } from '../../harness/case.ts'

const RENDEZVOUS = '/hearthnet/rendezvous/3.0.0'
const TTL_MS = 120_000
const QUIET_MS = 3000
const NOTE = 'community.member.renamed'

export const cases: readonly Case[] = [
  withNeighbour(
    'FDR-5.meets-at-the-box',
    'It is found at the topic of an agreement while that is in force, and no longer',
    async (foreign, context, keep) => {
      const paper = keep(await agreed(context, foreign))
      const topic = federationTopic(paper)
      const isThere = async (): Promise<boolean> => {
        const stream = await foreign.peer.line.openAtBox(RENDEZVOUS)
        const registration = foreign.anchor.sign({
          topic,
          node_id: foreign.anchor.nodeId,
          multiaddrs: [],
          expires_at: wireTime(Date.now() + TTL_MS),
        })
        await stream.send(utf8(JSON.stringify({ type: 'register', registration })))
        const answer = await nextJson(stream)
        stream.abort()
        const peers = member(answer, 'peers')
        return Array.isArray(peers) && peers.some((one) => member(one, 'node_id') === context.target.nodeId)
      }
      ensure(await context.eventually(isThere), 'the node under test at the topic', 'not there')
      await context.does('community.federation.end', { manifest_id: paper.manifest_id })
      ensure(await context.eventually(async () => !(await isThere())), 'gone after the end', 'still there')
    },
    ['box'],
  ),
  withNeighbour(
    'FDR-5.no-gossip',
    'A device of another community is told nothing live, whatever it listens to (COM-5)',
    async (foreign, context, keep) => {
      keep(await agreed(context, foreign))
      const hearer = await context.fresh('member')
      for (const peer of [hearer, foreign.peer]) await peer.line.subscribe(gossipTopic(peer.community))
      const names = new Set<string>()
      const reached = async (): Promise<boolean> => {
        const name = `Node ${names.size}`
        names.add(name)
        await context.does('community.rename', { display_name: name })
        const heard = await hearer.line.heard(1000)
        return heard !== null && namesIn(heard, names)
      }
      ensure(await context.eventually(reached, 30_000), 'a member hears it', 'nothing')
      for (let heard = await foreign.peer.line.heard(QUIET_MS); heard; heard = await foreign.peer.line.heard(0)) {
        const event: Json = JSON.parse(text(heard))
        ensure(member(event, 'event_type') !== NOTE, 'nothing of it at the other community', contentId(event))
      }
    },
    ['gossip', 'between'],
  ),
]

function namesIn(bytes: Uint8Array, names: ReadonlySet<string>): boolean {
  const event: Json = JSON.parse(text(bytes))
  return member(event, 'event_type') === NOTE && names.has(String(member(event, 'data', 'display_name')))
}
