import type { NodeProcess } from './node-process.ts'

/** A BroadcastChannel of one kind of message. */
export interface TabChannel<T> {
  postMessage(message: T): void
  addEventListener(type: 'message', listener: (event: MessageEvent<T>) => void): void
  removeEventListener(type: 'message', listener: (event: MessageEvent<T>) => void): void
  close(): void
}

/** What electing a leader among tabs needs of the browser; tests pass their own. */
export interface TabPlatform {
  /** As `navigator.locks.request`: `held` gets false where the lock was not available. */
  withLock(name: string, options: LockOptions, held: (granted: boolean) => Promise<void>): Promise<void>
  openChannel<T>(name: string): TabChannel<T>
  startNode(): NodeProcess
  after(ms: number, task: () => void): () => void
}

/** @param startNode starts the node's worker */
export const browserTab = (startNode: () => NodeProcess): TabPlatform => ({
  async withLock(name, options, held) {
    await navigator.locks.request(name, options, (lock) => held(lock !== null))
  },
  openChannel: (name) => new BroadcastChannel(name),
  startNode,
  after(ms, task) {
    const timer = setTimeout(task, ms)
    return () => clearTimeout(timer)
  },
})
