import { describe, expect, it } from 'vitest'
import { loraStatus, peerList, recentBeacons } from '#protocol/lora/capabilities.ts'
import { LORA_SCENES } from '../../testing/village-lora.ts'
import { createVillageNode } from '../../testing/village-node.ts'
import { hearingOf } from './hearing.ts'

const INTERVAL = 600
const village = () => createVillageNode({ stage: 'member', lora: 'ready' })

describe('whom this device hears (LOR-3)', () => {
  it('has what is sure first and what is unknown last, and leaves out who is silent or blocked', async () => {
    const { peers } = await village().call(peerList, {})
    const { here, others } = hearingOf(peers, Date.now(), INTERVAL)
    expect(here.map(({ certainty }) => certainty)).toEqual([
      'sure',
      'sure',
      'checking',
      'likely',
      'unsure',
      'unsure',
      'conflict',
      'unknown',
    ])
    expect(others.map(({ peer }) => peer.state)).toEqual(['blocked', 'confirmed'])
  })

  it('keeps its order while the same senders are heard again', async () => {
    const { peers } = await village().call(peerList, {})
    const order = (list: typeof peers) => hearingOf(list, Date.now(), INTERVAL).here.map(({ peer }) => peer.sender_hash)
    expect(order([...peers].reverse())).toEqual(order(peers))
  })

  it('asks the person about members and strangers nobody has decided about, and no more once they have', async () => {
    const { peers } = await village().call(peerList, {})
    const { here } = hearingOf(peers, Date.now(), INTERVAL)
    expect(here.filter(({ asks }) => asks).map(({ peer }) => peer.state)).toEqual([
      'candidate',
      'candidate',
      'conflict',
      'unknown',
    ])
    const settled = peers.map((peer) => ({ ...peer, settled: true }))
    expect(hearingOf(settled, Date.now(), INTERVAL).here.some(({ asks }) => asks)).toBe(false)
  })
})

describe('the radio that tests of screens talk to', () => {
  it('answers by the contracts in every scene, and refuses while it is off', async () => {
    for (const scene of LORA_SCENES) {
      const node = createVillageNode({ stage: 'member', lora: scene })
      if (scene === 'off') await expect(node.call(loraStatus, {})).rejects.toMatchObject({ code: 'experimental_disabled' })
      else await expect(node.call(loraStatus, {})).resolves.toHaveProperty('state')
      await expect(node.call(recentBeacons, { limit: 5 })).resolves.toHaveProperty('beacons')
    }
  })
})
