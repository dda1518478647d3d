/** Limits of `mesh.relays` in the configuration. */
const MOST_BOXES = 16
const LONGEST_ADDRESS = 512

/** Why an address cannot be added to the list, or null when it can. */
export function addressTrouble(address: string, listed: readonly string[]): 'invalid' | 'known' | 'full' | null {
  if (!address.startsWith('/') || /\s/.test(address) || address.length > LONGEST_ADDRESS) return 'invalid'
  if (listed.includes(address)) return 'known'
  return listed.length >= MOST_BOXES ? 'full' : null
}
