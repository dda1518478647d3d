/** Lines of a grid, at most. */
const MOST_LINES = 6

/** Where lines of a grid lie between two degrees: at round numbers, few enough to be read. */
export function gridLines(from: number, to: number): readonly number[] {
  const least = (to - from) / MOST_LINES
  const power = 10 ** Math.floor(Math.log10(least))
  const step = ([1, 2, 5, 10].find((one) => one * power >= least) ?? 10) * power
  const first = Math.ceil(from / step)
  const count = Math.max(0, Math.floor(to / step) - first + 1)
  return Array.from({ length: count }, (_, at) => Number(((first + at) * step).toFixed(6)))
}
