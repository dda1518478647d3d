/** Hands on what comes, in order; a reader who comes too late finds it waiting. */
export class Inbox<T> {
  readonly #items: T[] = []
  #waiting: ((item: T) => void) | null = null

  push(item: T): void {
    const waiting = this.#waiting
    this.#waiting = null
    if (waiting) waiting(item)
    else this.#items.push(item)
  }

  /** @returns null when nothing comes in that time */
  take(waitMs: number): Promise<T | null> {
    const first = this.#items.shift()
    if (first !== undefined) return Promise.resolve(first)
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting = null
        resolve(null)
      }, waitMs)
      this.#waiting = (item) => {
        clearTimeout(timer)
        resolve(item)
      }
    })
  }
}
