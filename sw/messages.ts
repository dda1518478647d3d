import type { BuildState } from './state.ts'

/** What a page may post to the service worker; `GET_STATE` is answered on the MessagePort that came with it. */
export type ServiceWorkerRequest = { readonly type: 'SKIP_WAITING' } | { readonly type: 'GET_STATE' }

export interface ServiceWorkerState {
  readonly type: 'STATE'
  /** The build that serves this page; null before the first activation. */
  readonly active: BuildState | null
  /** The build it replaced, so that a page can say what it was updated from. */
  readonly previous: BuildState | null
}

export const parseRequest = (data: unknown): ServiceWorkerRequest | null => {
  if (typeof data !== 'object' || data === null || !('type' in data)) return null
  if (data.type === 'SKIP_WAITING' || data.type === 'GET_STATE') return { type: data.type }
  return null
}
