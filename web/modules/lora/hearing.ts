import type { PeerRecord } from '#protocol/lora/records.ts'
import { type Certainty, certaintyOfPeer, isRecent } from './certainty.ts'

export interface HeardPeer {
  readonly peer: PeerRecord
  readonly certainty: Certainty
  /** Whether this person has still to say who that is (LOR-3). */
  readonly asks: boolean
}

export interface Hearing {
  /** Heard within the last few beacons, in an order that stays while they do. */
  readonly here: readonly HeardPeer[]
  /** Silent since then, and blocked ones, the last heard first. */
  readonly others: readonly HeardPeer[]
}

/** Senders nobody has decided about, whose hash a member has or nobody. */
const asks = ({ state, settled }: Pick<PeerRecord, 'state' | 'settled'>): boolean =>
  !settled && (state === 'candidate' || state === 'unknown' || state === 'conflict')

const RANK: Readonly<Record<Certainty, number>> = {
  sure: 0,
  checking: 1,
  likely: 2,
  unsure: 3,
  conflict: 4,
  unknown: 5,
  blocked: 6,
}

const byRank = (a: HeardPeer, b: HeardPeer): number =>
  RANK[a.certainty] - RANK[b.certainty] || a.peer.sender_hash.localeCompare(b.peer.sender_hash)
const byTime = (a: HeardPeer, b: HeardPeer): number => b.peer.last_heard_at.localeCompare(a.peer.last_heard_at)

/** Sorts who was heard into who is there and who is not. @param now ms since 1970 */
export function hearingOf(peers: readonly PeerRecord[], now: number, intervalSeconds: number): Hearing {
  const all = peers.map((peer) => ({ peer, certainty: certaintyOfPeer(peer, now, intervalSeconds), asks: asks(peer) }))
  const isHere = ({ peer }: HeardPeer): boolean =>
    peer.state !== 'blocked' && isRecent(peer.last_heard_at, now, intervalSeconds)
  return { here: all.filter(isHere).sort(byRank), others: all.filter((heard) => !isHere(heard)).sort(byTime) }
}
