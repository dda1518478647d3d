/** Gives a prototype `on<type>` attributes that behave as the platform's: one listener each, replaced by assignment. */
export function defineEventAttributes(prototype: EventTarget, types: readonly string[]): void {
  for (const type of types) {
    const listeners = new WeakMap<object, EventListener>()
    Object.defineProperty(prototype, `on${type}`, {
      configurable: true,
      get(this: EventTarget) {
        return listeners.get(this) ?? null
      },
      set(this: EventTarget, listener: unknown) {
        const before = listeners.get(this)
        if (before) this.removeEventListener(type, before)
        listeners.delete(this)
        if (typeof listener !== 'function') return
        const bound: EventListener = (event) => void listener.call(this, event)
        listeners.set(this, bound)
        this.addEventListener(type, bound)
      },
    })
  }
}

export const CHANNEL_EVENTS = ['open', 'message', 'close', 'closing', 'error', 'bufferedamountlow'] as const
