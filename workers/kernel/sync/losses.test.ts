import { describe, expect, it, vi } from 'vitest'
import type { NodeId } from '#protocol/core/ids.ts'
import { SYNC_EVERY_SECONDS, SYNC_PROTOCOL, SYNC_URGENT_SECONDS } from '#protocol/core/sync.ts'
import { claimAssert, claimQuery } from '#protocol/evidence/capabilities.ts'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { testSigner } from '../../testing/test-identity.ts'
import { createVillage, type Villager } from '../../testing/village.ts'
import { createLosses } from './losses.ts'

const says = ({ node }: Villager, subject: string) =>
  node.bus.call(claimAssert, { subject, predicate: 'ist', object: 'da', sources: [], confidence: 1, derived_from: [] })

const heard = async ({ node }: Villager): Promise<string[]> =>
  (await node.bus.call(claimQuery, { limit: 200 })).claims.map(({ claim }) => claim.subject).sort()

/** Reconciliations a villager begins from now on. */
function sessionsOf({ mesh }: Villager): () => number {
  const open = vi.spyOn(mesh, 'open')
  return () => open.mock.calls.filter(([, protocol]) => protocol === SYNC_PROTOCOL).length
}

async function neighbours(seed: number) {
  const village = createVillage(seed)
  const [anna, bert, carla] = await village.settle('Anna', 'Bert', 'Carla')
  if (!anna || !bert || !carla) throw new TypeError('three villagers')
  await village.runtime.advance(10_000)
  return { village, anna, bert, carla }
}

describe('a live event that got lost', () => {
  it('is fetched as soon as the next one of its author shows the gap, long before the clock (SYN-7)', async () => {
    const { village, anna, bert, carla } = await neighbours(41)
    village.network.setGossipLoss(1)
    await says(anna, 'verloren')
    village.network.setGossipLoss(0)
    await village.runtime.advance(100)
    expect(await heard(bert)).toEqual([])
    await says(anna, 'gehört')
    for (const who of [bert, carla]) {
      await village.until(`${who.name} has both`, async () => (await heard(who)).length === 2, 3)
    }
    expect(SYNC_EVERY_SECONDS.online).toBeGreaterThan(60)
  })

  it('costs no session when nothing was lost', async () => {
    const { village, anna, bert, carla } = await neighbours(42)
    const sessions = [anna, bert, carla].map(sessionsOf)
    for (let n = 0; n < 20; n++) await says(anna, `Ort ${n}`)
    await village.until('everybody has them', async () => (await heard(carla)).length === 20, 3)
    await village.runtime.advance(30_000)
    expect(sessions.map((count) => count())).toEqual([0, 0, 0])
  })

  it('is made up for when a third of all gossip is lost, and no pair compares more often than every five seconds', async () => {
    const { village, anna, bert, carla } = await neighbours(43)
    village.network.setGossipLoss(0.34)
    const sessions = [anna, bert, carla].map(sessionsOf)
    for (let n = 0; n < 60; n++) {
      await says([anna, bert, carla][n % 3] ?? anna, `Ort ${n}`)
      await village.runtime.advance(500)
    }
    // the last of each author is shown by nothing that follows
    village.network.setGossipLoss(0)
    for (const who of [anna, bert, carla]) await says(who, `am Ende ${who.name}`)
    for (const who of [anna, bert, carla]) {
      await village.until(`${who.name} has all`, async () => (await heard(who)).length === 63, 12)
    }
    // three pairs, either side, half a minute and what follows
    for (const count of sessions) expect(count()).toBeLessThanOrEqual(2 * Math.ceil(42 / 5))
    expect(sessions.some((count) => count() > 0)).toBe(true)
  })
})

describe('who compares after an urgent event (SYN-8)', () => {
  async function watch() {
    const [{ nodeId: LOW }, { nodeId: HIGH }] = await Promise.all([testSigner(1), testSigner(2)])
    const runtime = createSeededRuntime(44)
    const asked: [number, string][] = []
    let running: NodeId | null = null
    const losses = createLosses({
      runtime,
      isHeld: () => true,
      neighbours: () => [LOW, HIGH],
      isMine: (peer) => peer === HIGH,
      isSyncing: (peer) => peer === running,
      sync(peer) {
        asked.push([runtime.monotonic() / 1000, peer])
        losses.compares(peer)
      },
    })
    return { LOW, HIGH, runtime, asked, losses, run: (peer: NodeId | null) => (running = peer) }
  }

  it('asks whom it opens sessions with first, and the others where they did not ask themselves', async () => {
    const { LOW, HIGH, runtime, asked, losses } = await watch()
    losses.urgent()
    await runtime.advance(60_000)
    expect(asked).toEqual([
      [SYNC_URGENT_SECONDS.first, HIGH],
      [SYNC_URGENT_SECONDS.second, LOW],
    ])
    await runtime.advance(10_000)
    asked.length = 0
    losses.urgent()
    await runtime.advance(3_000)
    losses.compares(LOW)
    await runtime.advance(60_000)
    expect(asked.map(([, peer]) => peer)).toEqual([HIGH])
  })

  it('asks nobody twice for a burst, and again for what came after it asked', async () => {
    const { LOW, HIGH, runtime, asked, losses } = await watch()
    for (let n = 0; n < 10; n++) {
      losses.urgent()
      await runtime.advance(100)
    }
    await runtime.advance(1_500)
    losses.urgent()
    await runtime.advance(60_000)
    expect(asked.filter(([, peer]) => peer === HIGH)).toEqual([
      [2, HIGH],
      [7, HIGH],
    ])
    expect(asked.filter(([, peer]) => peer === LOW)).toEqual([[4, LOW]])
  })

  it('waits for a session that began before the event, and then asks', async () => {
    const { LOW, HIGH, runtime, asked, losses, run } = await watch()
    run(HIGH)
    losses.compares(HIGH)
    await runtime.advance(5_000)
    losses.urgent()
    await runtime.advance(2_500)
    expect(asked).toEqual([])
    run(null)
    await runtime.advance(10_000)
    expect(asked.map(([, peer]) => peer)).toEqual([HIGH, LOW])
  })
})
