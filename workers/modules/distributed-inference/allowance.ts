/** @returns whether it may be done once more, where so many steps were taken so far: then it counts as done */
export type Allowance = (steps: number) => boolean

/**
 * Something that may be done at one of so many steps in the long run, and some times at once: a bucket of tokens, filled by steps. What
 * is not used is not saved up beyond that.
 */
export function createAllowance(oneIn: number, atOnce: number): Allowance {
  const most = oneIn * atOnce
  // in steps, so that they add up
  let left = most
  let seen = 0
  return (steps) => {
    left = Math.min(most, left + steps - seen)
    seen = steps
    if (left < oneIn) return false
    left -= oneIn
    return true
  }
}
