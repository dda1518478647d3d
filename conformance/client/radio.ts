import type { Json } from './encoding.ts'
import type { Draft } from './envelopes.ts'
import type { Peer, SignedEvent } from './peer.ts'

/** 366 commitments of 11 bytes in base64url. */
const COMMITMENT_CHARS = 5368
const DAY_SECONDS = 86_400

/** An anchor that has the form of one (LOR-8): whose keys are all zeros proves nothing, and no log can tell. */
export function anchorOf(peer: Peer, change: Draft = {}, overrides: Draft = {}): SignedEvent {
  const now = Math.floor(Date.now() / 1000)
  const data: { [name: string]: Json } = {
    starts_at: now - (now % DAY_SECONDS),
    days: 366,
    interval_seconds: 300,
    keys: 'A'.repeat(COMMITMENT_CHARS),
    panics: 'A'.repeat(COMMITMENT_CHARS),
  }
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) delete data[name]
    else data[name] = value
  }
  return peer.event('lora.chain.anchored', data, overrides)
}
