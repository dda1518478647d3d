import type { Outcome, Step } from './shard-runner.ts'

/** A step that waits for its turn. */
export interface Waiting {
  readonly shard: string
  readonly sequence: string
  readonly position: number
  readonly step: Step
  /** Tokens that there must be room for before it begins: its own, and those of the slices after it. */
  readonly room: number
}

/** Steps that wait for their turn, in the order in which they came. */
export interface WaitingRoom {
  enter(one: Waiting): void
  has(one: Waiting): boolean
  /** @returns false where it was not inside */
  leave(one: Waiting): boolean
  /** It goes with another one's turn: when its own comes, it is only told what came of it. */
  goAlong(one: Waiting, outcome: Promise<Outcome>): void
  /** What came of one that went along with another. */
  wentAlong(one: Waiting): Promise<Outcome> | undefined
  /** All that a conversation has waiting for a shard. */
  withdraw(shard: string, sequence: string): void
  /** Who may go along: the first step of each other conversation that waits for the same shard. */
  companionsOf(one: Waiting): readonly Waiting[]
}

export function createWaitingRoom(): WaitingRoom {
  const inside = new Set<Waiting>()
  const outcomes = new WeakMap<Waiting, Promise<Outcome>>()
  return {
    enter: (one) => void inside.add(one),
    has: (one) => inside.has(one),
    leave: (one) => inside.delete(one),
    goAlong(one, outcome) {
      inside.delete(one)
      outcomes.set(one, outcome)
    },
    wentAlong: (one) => outcomes.get(one),
    withdraw(shard, sequence) {
      for (const one of inside) if (one.shard === shard && one.sequence === sequence) inside.delete(one)
    },
    companionsOf({ shard, sequence }) {
      const firsts = new Map<string, Waiting>()
      for (const other of inside) if (other.shard === shard && !firsts.has(other.sequence)) firsts.set(other.sequence, other)
      firsts.delete(sequence)
      return [...firsts.values()]
    },
  }
}
