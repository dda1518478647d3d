import { member, outcomeOf } from '../harness/case.ts'
import type { Context } from '../harness/context.ts'
import type { Target } from '../harness/target.ts'
import { contentId, type Json } from './encoding.ts'
import type { Peer, SignedEvent } from './peer.ts'

const NOTE = 'conformance.note.written'
/** The person's last word before the end, and the first one after it. */
export const LAST_NAME = 'Written down'
export const NEXT_NAME = 'Back again'
const CALLS = 8
const CALL_MS = 15_000

export type End = 'kill' | 'restart'

/** What the person sees of the node. */
interface Look {
  readonly nodeId: Json | undefined
  readonly community: Json | undefined
  readonly stored: number
  readonly settings: Json
  readonly name: Json | undefined
}

/** What a peer sees, who was there before. */
interface Meeting {
  /** How its calls ended that were under way. */
  readonly outcomes: readonly string[]
  readonly offersWhatItTook: boolean
  readonly echo: string
  readonly takesMore: boolean
}

/** One end and one start of the node, as the person and a peer saw it. */
export interface Life {
  readonly before: Look
  readonly after: Look
  /** Null where the target has no peers that stay. */
  readonly met: Meeting | null
  /** Every event of the node's own, one that it wrote afterwards among them. */
  readonly own: readonly Json[]
}

const lives = new WeakMap<Target, Map<End, Promise<Life>>>()

/** What came of ending the node so. It ends once for all cases that ask: a start takes seconds, and each looks at another side of it. */
export function lifeAfter(context: Context, how: End): Promise<Life> {
  const known = lives.get(context.target) ?? new Map<End, Promise<Life>>()
  lives.set(context.target, known)
  const life = known.get(how) ?? ended(context, how)
  known.set(how, life)
  return life
}

async function look({ does, target }: Context): Promise<Look> {
  const community = member(await does('community.get', {}), 'community')
  const members = member(community, 'members')
  const me = Array.isArray(members) ? members.find((one) => member(one, 'node_id') === target.nodeId) : undefined
  return {
    nodeId: member(await does('node.status', {}), 'identity', 'node_id'),
    community: member(community, 'community_id'),
    stored: Number(member(await does('events.stats', {}), 'stored')),
    settings: await does('config.get', {}),
    name: member(me, 'display_name'),
  }
}

async function ownEvents({ does, target }: Context): Promise<readonly Json[]> {
  const events = member(await does('events.list', { limit: 500 }), 'events')
  return (Array.isArray(events) ? events : [])
    .map((each) => member(each, 'event') ?? null)
    .filter((event) => member(event, 'author') === target.nodeId)
}

async function ended(context: Context, how: End): Promise<Life> {
  const { target, does } = context
  const end = target[how]
  if (!end) throw new Error(`this target offers no ${how}`)
  const stays = target.features.has('wire') && target.features.has('sync')
  const peer = stays ? await context.fresh('member') : null
  const event = await peer?.write(NOTE, { text: `before the ${how}` })
  const before = await look(context)
  await does('community.rename', { display_name: LAST_NAME })
  // a crash comes right after the person was told; before a clean stop there is work under way
  const calls = peer && how === 'restart' ? callsOf(peer) : []
  await end.call(target)
  const outcomes = await Promise.all(calls)
  const after = await look(context)
  const met = peer && event ? await meet(peer, event, outcomes) : null
  await does('community.rename', { display_name: NEXT_NAME })
  return { before, after, met, own: await ownEvents(context) }
}

const callsOf = (peer: Peer): readonly Promise<string>[] =>
  Array.from({ length: CALLS }, () =>
    peer.deliver(peer.request('node.echo', { payload: 'x'.repeat(60_000) }), CALL_MS).then(outcomeOf, () => 'reset'),
  )

async function meet(peer: Peer, event: SignedEvent, outcomes: readonly string[]): Promise<Meeting> {
  await peer.line.reconnect()
  return {
    outcomes,
    offersWhatItTook: (await peer.offeredAt(event.lamport)).includes(contentId(event)),
    echo: outcomeOf(await peer.ask('node.echo', { payload: 'back' })),
    takesMore: await peer.gives(peer.event(NOTE, { text: 'afterwards' })),
  }
}
