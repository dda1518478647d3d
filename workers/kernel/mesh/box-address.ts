import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'

function parsed(address: string): Multiaddr | null {
  try {
    return multiaddr(address)
  } catch {
    return null
  }
}

/** The peer id an address ends in, or null for what is no address of a box. */
export function boxPeerOf(address: string): string | null {
  const last = parsed(address)?.getComponents().at(-1)
  return (last?.name === 'p2p' && last.value) || null
}

/** Whether the mesh could use it. */
export const isBoxAddress = (address: string): boolean => boxPeerOf(address) !== null
