/** One number, and beside it what a person would use instead, measured on the same machine in the same run. */
export interface Measurement {
  readonly name: string
  readonly unit: string
  readonly better: 'higher' | 'lower'
  readonly ours: number
  /** Left out where nothing else does the same thing. */
  readonly theirs?: { readonly name: string; readonly value: number }
  /** The ratio of `theirs` to ours that was aimed at, or without `theirs` the value itself. */
  readonly aim?: number
}

/** What a `bench/*.bench.ts` gives back from `run()`. */
export interface BenchReport {
  readonly title: string
  /** What exactly is compared, and what a reader must know to believe it. */
  readonly notes: readonly string[]
  readonly measurements: readonly Measurement[]
}

/** How many times better ours is, below 1 it is worse; null where there is nothing to compare with. */
export function ratioOf({ better, ours, theirs }: Measurement): number | null {
  if (!theirs) return null
  return better === 'higher' ? ours / theirs.value : theirs.value / ours
}

/** Whether the aim was met; null where there was none. */
export function isMet(measurement: Measurement): boolean | null {
  const { aim, better, ours } = measurement
  if (aim === undefined) return null
  const ratio = ratioOf(measurement)
  if (ratio !== null) return ratio >= aim
  return better === 'higher' ? ours >= aim : ours <= aim
}

const number = (value: number): string =>
  value >= 1000 ? value.toFixed(0) : value >= 100 ? value.toFixed(0) : value.toPrecision(3)

/** Columns of the printed table. */
export const HEADER = ['', 'unit', 'ours', 'beside', '', 'ratio', 'aim'] as const

/** One line of the printed table. */
export function rowOf(measurement: Measurement): readonly string[] {
  const { name, unit, ours, theirs, aim } = measurement
  const ratio = ratioOf(measurement)
  const met = isMet(measurement)
  return [
    name,
    unit,
    number(ours),
    theirs ? number(theirs.value) : '',
    theirs?.name ?? '',
    ratio === null ? '' : `${ratio.toPrecision(3)}×`,
    aim === undefined ? '' : `${ratio === null ? number(aim) : `${aim}×`} ${met ? 'met' : 'missed'}`,
  ]
}
