import { describe, expect, it } from 'vitest'
import { PEER_STATES, type PeerRecord, PROOFS } from '#protocol/lora/records.ts'
import { CERTAINTIES, CERTAINTY_SHAPES, certaintyOf, certaintyOfPanic, certaintyOfPeer } from './certainty.ts'

const NOW = Date.parse('2026-05-26T08:00:00.000Z')
const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString()
const INTERVAL = 600

const peer = (changes: Partial<PeerRecord>): PeerRecord => ({
  sender_hash: '0badcafe',
  state: 'confirmed',
  node_id: null,
  display_name: 'Ben',
  settled: true,
  candidates: [],
  first_heard_at: ago(90),
  last_heard_at: ago(1),
  last_proven_at: null,
  rssi_dbm: -90,
  snr_db: 5,
  frames: 9,
  version: 2,
  flags: { panic: false, ok: false, gateway: false, low_battery: false },
  proof: 'pending',
  doubt: null,
  anchored: true,
  clock_ahead_seconds: null,
  ...changes,
})

describe('how sure it is who sends (LOR-3, LOR-4)', () => {
  it('is sure only where a person has confirmed the sender and the message is proven', () => {
    const sure = PEER_STATES.flatMap((state) => PROOFS.map((proof) => ({ state, proof }))).filter(
      (message) => certaintyOf(message) === 'sure',
    )
    expect(sure).toEqual([{ state: 'confirmed', proof: 'proven' }])
  })

  it('gives what is sure a shape that nothing else has', () => {
    expect(CERTAINTIES.filter((certainty) => CERTAINTY_SHAPES[certainty] === CERTAINTY_SHAPES.sure)).toEqual(['sure'])
  })

  it('never makes a member out of an unknown, blocked or contested call sign, whatever its proof', () => {
    for (const proof of PROOFS) {
      expect(certaintyOf({ state: 'unknown', proof })).toBe('unknown')
      expect(certaintyOf({ state: 'blocked', proof })).toBe('blocked')
      expect(certaintyOf({ state: 'conflict', proof })).toBe('conflict')
    }
    expect(certaintyOf({ state: 'candidate', proof: 'pending' })).toBe('unsure')
  })

  it('counts what was proven within three beacons while the newest message waits for its key (LOR-7)', () => {
    expect(certaintyOfPeer(peer({ last_proven_at: ago(29) }), NOW, INTERVAL)).toBe('sure')
    expect(certaintyOfPeer(peer({ last_proven_at: ago(31) }), NOW, INTERVAL)).toBe('checking')
    expect(certaintyOfPeer(peer({ last_proven_at: ago(31), proof: 'unproven' }), NOW, INTERVAL)).toBe('unsure')
    expect(certaintyOfPeer(peer({ state: 'candidate', last_proven_at: ago(5) }), NOW, INTERVAL)).toBe('likely')
  })

  it('is sure of a call that came over the network with its signature', () => {
    const call = { sender_hash: '0badcafe', state: 'candidate', node_id: null, display_name: 'Ben' } as const
    const heard = { since: ago(1), last_heard_at: ago(1), frames: 1, rssi_dbm: null, snr_db: null, over: 'no' } as const
    const panic = { ...call, ...heard, proof: 'proven', doubt: null } as const
    expect(certaintyOfPanic({ ...panic, via: 'network' })).toBe('sure')
    expect(certaintyOfPanic({ ...panic, via: 'radio' })).toBe('likely')
    expect(certaintyOfPanic({ ...panic, via: 'radio', proof: 'unproven' })).toBe('unsure')
  })
})
