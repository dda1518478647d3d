import type { BuildState } from './state.ts'

/** What a page may post to the service worker; `GET_STATE` and `TAKE_SHARED` are answered on the MessagePort that came with them. */
export type ServiceWorkerRequest =
  | { readonly type: 'SKIP_WAITING' }
  | { readonly type: 'GET_STATE' }
  | { readonly type: 'TAKE_SHARED' }

export interface ServiceWorkerState {
  readonly type: 'STATE'
  /** The build that serves this page; null before the first activation. */
  readonly active: BuildState | null
  /** The build it replaced, so that a page can say what it was updated from. */
  readonly previous: BuildState | null
}

/** The text of a shared file, taken out of the worker's keeping; null where there is none. */
export interface SharedText {
  readonly type: 'SHARED'
  readonly text: string | null
}

export const parseRequest = (data: unknown): ServiceWorkerRequest | null => {
  if (typeof data !== 'object' || data === null || !('type' in data)) return null
  if (data.type === 'SKIP_WAITING' || data.type === 'GET_STATE' || data.type === 'TAKE_SHARED') return { type: data.type }
  return null
}
