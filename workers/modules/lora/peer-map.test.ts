import { describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { type NodeId, nodeIdOf } from '#protocol/core/ids.ts'
import { LORA_UNKNOWN_PEERS_MAX } from '#protocol/lora/constants.ts'
import { senderHashOf } from '#protocol/lora/frame.ts'
import { createPeerMap, DecisionsSchema, type KnownMember, NO_DECISIONS, type Reception } from './peer-map.ts'
import type { Verdict } from './prover.ts'
import { createPlainShelf, person } from './testing/stations.ts'

function numbered(n: number): NodeId {
  const key = new Uint8Array(32)
  new DataView(key.buffer).setUint32(0, n)
  return nodeIdOf(key)
}
/** Two NodeIDs of one hash, found by trying: four bytes keep nobody apart who wants to be mistaken. */
const ANNA = numbered(58_296)
const DOUBLE = numbered(166_098)
const HASH = '509e7b65'

const UNSIGNED: Verdict = { proof: 'unproven', doubt: 'unsigned', nodeId: null }
const flags = { panic: false, ok: false, gateway: false, low_battery: false }
const from = (senderHash: string, at = 0): Reception => ({
  frame: { version: 1, senderHash, sequence: 1, flags, unixSeconds: 1 },
  at,
  signal: { rssiDbm: -80, snrDb: null },
})

async function scene(...members: readonly NodeId[]) {
  const shelf = createPlainShelf()
  const list: KnownMember[] = members.map((nodeId) => ({ nodeId, displayName: nodeId.slice(-4) }))
  const open = async () =>
    createPeerMap({
      drawer: await shelf.open('lora.decisions', DecisionsSchema, NO_DECISIONS),
      members: () => list,
      isAnchored: () => false,
    })
  return { open, peers: await open(), list }
}

const codeOf = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'ok',
    (error: unknown) => (error instanceof HearthError ? error.code : String(error)),
  )

describe('trust on first use (LOR-3)', () => {
  it('a member’s hash is a candidate until a person says so, and that lasts', async () => {
    const { peers, open } = await scene(ANNA)
    expect(senderHashOf(ANNA)).toBe(HASH)
    expect(peers.heard(from(HASH), UNSIGNED)).toBe(true)
    expect(peers.heard(from(HASH), UNSIGNED)).toBe(false)
    expect(peers.who(HASH)).toMatchObject({ state: 'candidate', node_id: ANNA })
    await peers.verify(HASH, ANNA)
    expect(peers.who(HASH).state).toBe('confirmed')
    expect((await open()).who(HASH)).toMatchObject({ state: 'confirmed', node_id: ANNA })
  })

  it('a hash verified for another NodeID is a conflict, one never heard is unknown, one that does not match is refused', async () => {
    const { peers } = await scene()
    expect(senderHashOf(DOUBLE)).toBe(HASH)
    expect(await codeOf(peers.verify(HASH, ANNA))).toBe('lora_peer_unknown')
    expect(await codeOf(peers.decide(HASH, 'block'))).toBe('lora_peer_unknown')
    peers.heard(from(HASH), UNSIGNED)
    expect(await codeOf(peers.verify(HASH, person(1)))).toBe('bad_request')
    await peers.verify(HASH, ANNA)
    expect(await codeOf(peers.verify(HASH, DOUBLE))).toBe('lora_peer_conflict')
    await peers.decide(HASH, 'forget')
    expect(await codeOf(peers.verify(HASH, DOUBLE))).toBe('ok')
  })

  it('two members of one hash are a conflict and nobody’s name is put on it', async () => {
    const { peers, list } = await scene(ANNA)
    peers.heard(from(HASH), UNSIGNED)
    await peers.verify(HASH, ANNA)
    list.push({ nodeId: DOUBLE, displayName: 'double' })
    peers.membersChanged()
    expect(peers.who(HASH).state).toBe('conflict')
    // the key of the chain tells them apart where the hash does not
    expect(peers.who(HASH, DOUBLE)).toMatchObject({ node_id: DOUBLE, display_name: 'double' })
  })

  it('forgets strangers before it grows, and never whom somebody decided about', async () => {
    const { peers } = await scene()
    peers.heard(from('00000000'), UNSIGNED)
    await peers.decide('00000000', 'block')
    for (let at = 1; at < LORA_UNKNOWN_PEERS_MAX * 3; at++) peers.heard(from(at.toString(16).padStart(8, '0'), at), UNSIGNED)
    expect(peers.list().length).toBeLessThanOrEqual(LORA_UNKNOWN_PEERS_MAX + 1)
    expect(peers.has('00000000')).toBe(true)
    expect(peers.has('00000001')).toBe(false)
    expect(peers.countSince(LORA_UNKNOWN_PEERS_MAX * 3 - 10)).toBe(10)
  })
})
