import { describe, expect, it } from 'vitest'
import { createPolicy } from './policy.ts'

const OLD = "connect-src 'self'"
const NEW = "connect-src 'self' https://hub.example.org"
const page = (policy: string | null): Response =>
  new Response('page', policy === null ? {} : { headers: { 'Content-Security-Policy': policy } })
const policyOf = (response: Response): string | null => response.headers.get('Content-Security-Policy')

/** The part of a browser's caches that is used here. */
function createStorage(): CacheStorage {
  const kept = new Map<string, Response>()
  const cache = {
    match: async (key: string) => kept.get(key)?.clone(),
    put: async (key: string, response: Response) => void kept.set(key, response),
  }
  return { open: async () => cache } as unknown as CacheStorage // nothing else of it is asked for
}

const answering =
  (response: () => Response | Error): typeof fetch =>
  async () => {
    const answer = response()
    if (answer instanceof Error) throw answer
    return answer
  }

describe('the policy of kept files', () => {
  it('is the box’s newest, also after the service worker was stopped', async () => {
    const storage = createStorage()
    const policy = createPolicy(
      storage,
      answering(() => page(NEW)),
    )
    expect(policyOf(await policy.apply(page(OLD)))).toBe(OLD)
    await policy.refresh()
    expect(policyOf(await policy.apply(page(OLD)))).toBe(NEW)
    const later = createPolicy(
      storage,
      answering(() => new TypeError('offline')),
    )
    await later.refresh()
    const served = await later.apply(page(OLD))
    expect(policyOf(served)).toBe(NEW)
    expect(await served.text()).toBe('page')
  })

  it('loses the hub again when the operator takes it away', async () => {
    let now = NEW
    const policy = createPolicy(
      createStorage(),
      answering(() => page(now)),
    )
    await policy.refresh()
    now = OLD
    await policy.refresh()
    expect(policyOf(await policy.apply(page(NEW)))).toBe(OLD)
  })

  it('is nothing a failed answer or a host without a policy can take away or give', async () => {
    const policy = createPolicy(
      createStorage(),
      answering(() => new Response('', { status: 502, headers: { 'Content-Security-Policy': NEW } })),
    )
    await policy.refresh()
    expect(policyOf(await policy.apply(page(OLD)))).toBe(OLD)
    expect(policyOf(await policy.apply(page(null)))).toBeNull()
  })
})
