const KEY = 'hearthnet.goal'

// in this tab only, and gone once used: it may hold an invite
/** Remembers where the person wanted to go before they were led elsewhere. */
export function rememberGoal(path: string): void {
  try {
    sessionStorage.setItem(KEY, path)
  } catch {
    // a browser that refuses storage only makes the person tap their link again
  }
}

/** Where the person wanted to go, without forgetting it. */
export function peekGoal(): string | null {
  try {
    return sessionStorage.getItem(KEY)
  } catch {
    return null
  }
}

/** Where to continue now that what was missing is there; `/` when the person came for nothing in particular. */
export function takeGoal(): string {
  const goal = peekGoal()
  if (goal !== null) sessionStorage.removeItem(KEY)
  return goal ?? '/'
}
