import type { Multiaddr } from '@multiformats/multiaddr'

/** The host in an address: what a limit for each guest counts by. */
export const hostOf = (address: Multiaddr): string => address.getComponents()[0]?.value ?? ''
