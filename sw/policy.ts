const CACHE = 'policy'
/** No file of the app, so that nothing else is ever stored under it. */
const KEY = '/policy'
/** Small, always the box's own answer, never out of a cache. */
const ASKED = '/box.json'
const NAME = 'Content-Security-Policy'

/**
 * What the box lets the app do, as it says now. A kept file carries the policy of the day it was kept, and the operator may have
 * named a knowledge hub since, or taken it away (`--hub`).
 */
export const createPolicy = (storage: CacheStorage, ask: typeof fetch) => {
  let known: Promise<string | null> | null = null

  const recall = async (): Promise<string | null> => {
    const kept = await (await storage.open(CACHE)).match(KEY)
    return kept?.headers.get(NAME) ?? null
  }

  return {
    /** The same response under the policy of today. A response without a policy has none from the box. */
    async apply(response: Response): Promise<Response> {
      known ??= recall()
      const policy = await known
      const own = response.headers.get(NAME)
      if (policy === null || own === null || own === policy) return response
      const headers = new Headers(response.headers)
      headers.set(NAME, policy)
      const { status, statusText } = response
      return new Response(response.body, { status, statusText, headers })
    },

    /** Asks the box; without one in reach everything stays as it was. */
    async refresh(): Promise<void> {
      const answer = await ask(ASKED, { cache: 'no-store' }).catch(() => null)
      const policy = answer?.ok ? answer.headers.get(NAME) : null
      if (policy === null || policy === undefined) return
      known = Promise.resolve(policy)
      await (await storage.open(CACHE)).put(KEY, new Response(null, { headers: { [NAME]: policy } }))
    },
  }
}
