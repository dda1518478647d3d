export interface PrecacheEntry {
  readonly url: string
  readonly revision: string | null
}

/** Names a build by its files: the same whatever order the build listed them in. */
export const buildId = async (entries: readonly PrecacheEntry[]): Promise<string> => {
  const lines = entries.map(({ url, revision }) => `${url} ${revision ?? ''}`).sort()
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(lines.join('\n')))
  return Array.from(new Uint8Array(digest).subarray(0, 6), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
