/** Text that grows many times a second: whoever shows it is told at most once a frame. */
export interface LiveText {
  readonly get: () => string
  readonly subscribe: (listener: () => void) => () => void
}

export interface GrowingText extends LiveText {
  append(text: string): void
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

  return {
    get: () => shown,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    append(more) {
      text += more
      if (waiting || more === '') return
      waiting = true
      onFrame(flush)
    },
    flush,
  }
}
