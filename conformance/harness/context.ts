import type { Json } from '../client/encoding.ts'
import type { Peer } from '../client/peer.ts'
import type { Random } from './random.ts'
import type { Codec, Seat, Target } from './target.ts'

/** Who a peer is to the system under test. */
export type Standing = 'stranger' | 'member' | 'trusted'

/** What a case has at hand. */
export interface Context {
  readonly target: Target
  /** Of this case alone: the same in every run with one seed, whatever else runs. */
  readonly random: Random
  /** Announced by `protocol.self.describe`, with their states. */
  readonly announced: ReadonlyMap<string, string>
  /** One of a few peers that cases share; a case leaves it as it found it. */
  peer(standing: Standing): Promise<Peer>
  /** A peer for this case alone; it ends with it. */
  fresh(standing: Standing): Promise<Peer>
  /** A member for this case alone who is away: it signs, and connects only when it says something itself. */
  absent(): Promise<Peer>
  /** @throws Error without `person` */
  readonly seat: Seat
  /** @throws Error without `codec` */
  readonly codec: Codec
  /** The output of a call of the person's, which has to be served. @throws Violation */
  does(capability: string, input: Json): Promise<Json>
  /** Waits until something holds. @returns whether it did */
  eventually(holds: () => Promise<boolean>, waitMs?: number): Promise<boolean>
  pause(ms: number): Promise<void>
  /** A line of the transcript that a failure shows. */
  note(line: string): void
}
