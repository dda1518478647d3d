import { WebSocket } from 'ws'

// What libp2p 3 uses and Node 20 lacks. No top-level await here: importing this file first must be enough.

/** Structure of the `Set` methods of ES2025: all that `difference` reads of its argument. */
interface Keyed {
  keys(): Iterable<unknown>
}

function withResolvers<T>(this: PromiseConstructor): object {
  const parts: { promise?: Promise<T>; resolve?: unknown; reject?: unknown } = {}
  parts.promise = new Promise<T>((resolve, reject) => {
    parts.resolve = resolve
    parts.reject = reject
  })
  return parts
}

function difference(this: Set<unknown>, other: Keyed): Set<unknown> {
  const rest = new Set(this)
  for (const value of other.keys()) rest.delete(value)
  return rest
}

function provide(target: object, name: string, value: unknown): void {
  if (name in target) return
  Object.defineProperty(target, name, { value, writable: true, configurable: true })
}

provide(Promise, 'withResolvers', withResolvers)
provide(Set.prototype, 'difference', difference)
provide(globalThis, 'WebSocket', WebSocket)
