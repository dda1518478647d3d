/** Text that grows many times a second: whoever shows it is told at most once a frame. */
export interface LiveText {
  readonly get: () => string
  readonly subscribe: (listener: () => void) => () => void
}

export interface GrowingText extends LiveText {
  append(text: string): void
  /** Puts other words in the place of all so far. */
  replace(text: string): void
  /** Shows what came last, at once. */
  flush(): void
}

/** @param onFrame runs a task before the next paint, or soon where nothing is painted */
export function createLiveText(onFrame: (task: () => void) => void): GrowingText {
  const listeners = new Set<() => void>()
  let text = ''
  let shown = ''
  let waiting = false

  function flush(): void {
    waiting = false
    if (shown === text) return
    shown = text
    for (const listener of [...listeners]) listener()
  }

  function set(now: string): void {
    text = now
    if (waiting || text === shown) return
    waiting = true
    onFrame(flush)
  }

  return {
    get: () => shown,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    append: (more) => set(text + more),
    replace: set,
    flush,
  }
}
