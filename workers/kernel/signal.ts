/** A list of listeners. A listener that throws does not keep the others from hearing. */
export interface Signal<T> {
  /** @returns a function that ends the subscription. */
  on(listener: (value: T) => void): () => void
  emit(value: T): void
}

export function createSignal<T>(): Signal<T> {
  const listeners = new Set<(value: T) => void>()
  return {
    on(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    emit(value) {
      for (const listener of [...listeners]) {
        try {
          listener(value)
        } catch (bug) {
          reportError(bug)
        }
      }
    },
  }
}
