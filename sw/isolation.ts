/**
 * Cross-origin isolation, without which there are no WASM threads. A host that cannot set headers leaves it to the service
 * worker; what a host did set stays as it is. Worker scripts need the embedder policy as much as pages do.
 */
const ISOLATION_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const

/** Statuses whose response may have no body (Fetch, "null body status"). */
const BODYLESS = new Set([101, 103, 204, 205, 304])

/** The same response with the headers of isolation that it lacks. Opaque and failed responses pass untouched. */
export const isolate = (response: Response): Response => {
  if (response.status === 0) return response
  const missing = Object.entries(ISOLATION_HEADERS).filter(([name]) => !response.headers.has(name))
  if (missing.length === 0) return response
  const headers = new Headers(response.headers)
  for (const [name, value] of missing) headers.set(name, value)
  const body = BODYLESS.has(response.status) ? null : response.body
  return new Response(body, { status: response.status, statusText: response.statusText, headers })
}
