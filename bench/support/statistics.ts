/** The value below which the share `p` of all lies, by nearest rank. @throws RangeError for an empty list */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)]
  if (value === undefined) throw new RangeError('no quantile of nothing')
  return value
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)
export const p95 = (values: readonly number[]): number => quantile(values, 0.95)
