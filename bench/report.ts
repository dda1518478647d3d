/** One number, measured side by side: ours and what a person would use instead, on the same machine in the same run. */
export interface Measurement {
  readonly name: string
  readonly unit: string
  readonly better: 'higher' | 'lower'
  readonly ours: number
  readonly theirs: number
}

/** What a `bench/*.bench.ts` gives back from `run()`. */
export interface BenchReport {
  readonly title: string
  /** What ours is measured against. */
  readonly against: string
  readonly measurements: readonly Measurement[]
}

/** How many times better ours is; below 1 it is worse. */
export const ratioOf = ({ better, ours, theirs }: Measurement): number => (better === 'higher' ? ours / theirs : theirs / ours)
