import { createOpfsStore } from '../../../compute/model/opfs.ts'
import type { ModelStore } from '../../../compute/model/store.ts'
import type { Runtime } from '../../../kernel/runtime.ts'
import { fetchByPolicy } from './fetch-by-policy.ts'

/** What models stand on in a worker of a browser. */
export const browserModels = (runtime: Runtime): { readonly store: ModelStore; readonly fetch: typeof fetch } => ({
  store: createOpfsStore(navigator.storage, navigator.locks),
  fetch: fetchByPolicy(self, runtime, (...asked) => fetch(...asked)),
})
