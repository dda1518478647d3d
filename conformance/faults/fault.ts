/**
 * One mistake that an implementer could plausibly make, as an edit of this implementation's source. `plugin.ts` puts all of
 * them into one build, each behind a switch; nothing of them is in the app that people get.
 */
export interface Fault {
  /** `<area>/<what goes wrong>`, unique. */
  readonly name: string
  /** The rule that a node with this fault breaks. */
  readonly rule: string
  /** From the root of the repository. */
  readonly file: string
  /** Text that occurs exactly once in the file, where `original` alone does not; `original` occurs exactly once in it. */
  readonly at?: string
  /** An expression, or with `statements` whole statements, as the source has it. */
  readonly original: string
  /** What stands there instead while the fault is switched on. */
  readonly faulty: string
  /** Whether both are statements rather than expressions. What they declare is seen by nothing after them. */
  readonly statements?: true
  /** Who makes this mistake, and what comes of it. */
  readonly why: string
  /** Why no peer can tell, for a fault that the suite is not expected to catch. */
  readonly unseen?: string
}

export const defineFaults = (faults: readonly Fault[]): readonly Fault[] => faults

/** A window's name of the fault: key in its `localStorage`. The worker is told by its own name. */
export const FAULT_KEY = 'hearthnet-conformance-fault'

type Said = Pick<Fault, 'rule' | 'original' | 'why'> & Partial<Pick<Fault, 'at' | 'unseen'>>

/** Faults of one area in one file, for lists that read like lists. */
export function faultsIn(area: string, file: string) {
  const named = (name: string): string => `${area}/${name}`
  return {
    /** One expression stands for another. */
    instead: (name: string, { faulty, ...said }: Said & Pick<Fault, 'faulty'>): Fault => ({
      name: named(name),
      file,
      faulty,
      ...said,
    }),
    /** Statements are not there, or others are in their place. */
    without: (name: string, { faulty = '', ...said }: Said & Partial<Pick<Fault, 'faulty'>>): Fault => ({
      name: named(name),
      file,
      faulty,
      statements: true,
      ...said,
    }),
  }
}
