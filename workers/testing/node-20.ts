import { WebSocket } from 'ws'

// What Node 20 lacks, Node 22 has, and libp2p uses. Import before libp2p.

function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve: PromiseWithResolvers<T>['resolve'] | undefined
  let reject: PromiseWithResolvers<T>['reject'] | undefined
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  if (!resolve || !reject) throw new TypeError('a promise calls its executor at once')
  return { promise, resolve, reject }
}

function difference<T>(this: Set<T>, other: ReadonlySet<T>): Set<T> {
  return new Set([...this].filter((item) => !other.has(item)))
}

function fill(target: object, name: string, value: unknown): void {
  if (!(name in target)) Object.defineProperty(target, name, { value, configurable: true, writable: true })
}

fill(Promise, 'withResolvers', withResolvers)
fill(Set.prototype, 'difference', difference)
fill(globalThis, 'WebSocket', WebSocket)
fill(globalThis, 'reportError', (bug: unknown) => {
  queueMicrotask(() => {
    throw bug
  })
})
