/**
 * How far two honest devices may be apart (DLM-6). A row is wrong where an element differs by more than `element` of its own
 * size and the row's root mean square together, or all of it by more than `row` of its length.
 */
export interface Tolerance {
  readonly element: number
  readonly row: number
}

/**
 * Measured between steps of one token and chunks of them, after 2 to 8 layers, in half precision: 5.2e-4 for an element and 9.2e-5
 * for a row, which is one rounding to half precision. Dynamic int8 differs by up to 0.17 and 0.077 in other steps, and by nothing in
 * the same ones, in which it is therefore checked; between machines one code of 255 may tip (decision 0018).
 */
export const toleranceFor = (stepwise: boolean): Tolerance =>
  stepwise ? { element: 2 ** -5, row: 2 ** -7 } : { element: 2 ** -8, row: 2 ** -10 }

/** @returns the first row in which the two differ, or -1. */
export function firstDifference(ours: Float32Array, theirs: Float32Array, width: number, tolerance: Tolerance): number {
  for (let row = 0; row * width < ours.length; row++) {
    const [a, b] = [ours.subarray(row * width, (row + 1) * width), theirs.subarray(row * width, (row + 1) * width)]
    if (differs(a, b, tolerance)) return row
  }
  return -1
}

function differs(ours: Float32Array, theirs: Float32Array, { element, row }: Tolerance): boolean {
  let [size, apart] = [0, 0]
  for (const [at, value] of ours.entries()) {
    size += value * value
    apart += (value - (theirs[at] ?? Number.NaN)) ** 2
  }
  if (!(apart <= size * row ** 2)) return true
  const mean = Math.sqrt(size / ours.length)
  return ours.some((value, at) => !(Math.abs(value - (theirs[at] ?? Number.NaN)) <= element * (Math.abs(value) + mean)))
}

/** Whether a step of so many tokens has one among them that is to be computed again: each is with a chance of one in `oneIn`. */
export function isDue(tokens: number, oneIn: number, random: () => number): boolean {
  return random() < 1 - (1 - 1 / oneIn) ** tokens
}

export type Verdict = 'first' | 'second' | 'nobody'

/** Who of two that disagree about a row lied, by what a third one says. */
export function whoLied(
  rows: { readonly first: Float32Array; readonly second: Float32Array; readonly third: Float32Array },
  tolerance: Tolerance,
): Verdict {
  const { first, second, third } = rows
  const against = (row: Float32Array): boolean => differs(third, row, tolerance)
  if (against(first) === against(second)) return 'nobody'
  return against(first) ? 'first' : 'second'
}
