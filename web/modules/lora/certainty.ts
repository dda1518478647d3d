import type { PanicRecord, PeerRecord } from '#protocol/lora/records.ts'
import type { Status } from '../../kit/status-dot.tsx'

/**
 * How sure it is who sends, from two questions: has a person confirmed whose call sign this is, and are the messages proven?
 * Only `sure` may look like it.
 */
export const CERTAINTIES = ['sure', 'checking', 'likely', 'unsure', 'unknown', 'conflict', 'blocked'] as const
export type Certainty = (typeof CERTAINTIES)[number]

/** A shape of its own for what is sure: nothing else has the filled circle. */
export const CERTAINTY_SHAPES: Readonly<Record<Certainty, Status>> = {
  sure: 'good',
  checking: 'busy',
  likely: 'busy',
  unsure: 'idle',
  unknown: 'idle',
  conflict: 'bad',
  blocked: 'bad',
}

/** Beacons that may fail to come before somebody counts as silent. */
const MISSED_BEACONS = 3

/** Whether something happened within the last few beacons. @param now ms since 1970 */
export const isRecent = (at: string | null, now: number, intervalSeconds: number): boolean =>
  at !== null && now - Date.parse(at) <= MISSED_BEACONS * intervalSeconds * 1000

/** How sure it is that one message comes from whom it names. */
export function certaintyOf({ state, proof }: Pick<PeerRecord, 'state' | 'proof'>): Certainty {
  if (state === 'blocked' || state === 'conflict' || state === 'unknown') return state
  if (proof === 'proven') return state === 'confirmed' ? 'sure' : 'likely'
  return state === 'confirmed' && proof === 'pending' ? 'checking' : 'unsure'
}

/**
 * How sure it is that this person is there. The newest message always waits for its key, so what was proven a few beacons
 * ago counts (LOR-7).
 */
export function certaintyOfPeer(peer: PeerRecord, now: number, intervalSeconds: number): Certainty {
  const proof = isRecent(peer.last_proven_at, now, intervalSeconds) ? 'proven' : peer.proof
  return certaintyOf({ state: peer.state, proof })
}

/** A call over the network is an event with its author's signature: nobody else can have made it. */
export const certaintyOfPanic = (panic: PanicRecord): Certainty => (panic.via === 'network' ? 'sure' : certaintyOf(panic))
