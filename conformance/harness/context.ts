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
  /**
   * A peer that no other case has meanwhile; others had it before and will have it. What it signs has to be followed (`Peer.follow`) or it
   * is not lent again. It stays what it is: nobody's level is changed, it neither leaves nor listens nor serves.
   * @param part what it is used as, where that leaves a trace: who was a root once is not lent as somebody without a role
   */
  lent(standing: Standing, part?: string): Promise<Peer>
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
