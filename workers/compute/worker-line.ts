import { ulid } from 'ulid'
import { HearthError } from '#protocol/core/errors.ts'
import type { ComputeLine } from './client.ts'
import { ALIVE } from './port.ts'

/**
 * Resolves with the reason when the worker cannot be loaded or its realm is gone. The browser lets go of a lock with the realm that
 * holds it, however that ended; nobody is told of a worker that closes itself or is ended for want of memory.
 * @param life the lock that it holds from when it says so
 */
export function deathOf(
  worker: Pick<Worker, 'addEventListener'>,
  life: string,
  locks: Pick<LockManager, 'request'>,
): Promise<HearthError> {
  return new Promise((resolve) => {
    let alive = false
    const gone = (): void => resolve(new HearthError('partition', 'the compute worker has ended by itself'))
    worker.addEventListener('message', ({ data }) => {
      if (alive || data !== ALIVE) return
      alive = true
      void locks.request(life, gone)
    })
    worker.addEventListener('error', ({ message }) => {
      // once it lives, an error event is a bug that was reported in there, and it goes on
      if (!alive) resolve(new HearthError('internal_error', message || 'the compute worker cannot be loaded'))
    })
  })
}

export function startWorkerLine(): ComputeLine {
  const life = `hearthnet-compute-${ulid()}`
  const worker = new Worker(new URL('../compute.worker.ts', import.meta.url), { type: 'module', name: life })
  return { endpoint: worker, died: deathOf(worker, life, navigator.locks), end: () => worker.terminate() }
}
