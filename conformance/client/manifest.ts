import { type Json, wireTime } from './encoding.ts'
import type { Draft } from './envelopes.ts'
import type { Peer } from './peer.ts'

const TTL_MS = 900_000

/** A peer's signed manifest (MAN-1). Members of `overrides` are put in before it is signed. */
export function manifestOf(peer: Peer, overrides: Draft = {}): Json {
  const now = Date.now()
  const made: { [key: string]: Json | undefined } = {
    node_id: peer.nodeId,
    display_name: 'peer of the suite',
    community_id: peer.community,
    profile: 'spark',
    protocol_version: '3.0.0-experimental',
    capabilities: [],
    load: 0,
    issued_at: wireTime(now),
    expires_at: wireTime(now + TTL_MS),
    ...overrides,
  }
  return JSON.parse(JSON.stringify(peer.identity.sign(made)))
}
