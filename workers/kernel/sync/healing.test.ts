import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { communityGet } from '#protocol/community/capabilities.ts'
import { claimAssert, claimQuery } from '#protocol/evidence/capabilities.ts'
import { createVillage, type Villager } from '../../testing/village.ts'

/** Who can talk to whom while something is written. */
const SPLITS: readonly (readonly (readonly number[])[])[] = [
  [[0, 1, 2]],
  [[0, 1], [2]],
  [[0, 2], [1]],
  [[1, 2], [0]],
  [[0], [1], [2]],
]

const step = fc.record({
  split: fc.constantFrom(...SPLITS),
  writer: fc.nat(2),
  claims: fc.integer({ min: 0, max: 4 }),
  /** Stops and starts this node afterwards, in the middle of whatever goes on. */
  restarts: fc.option(fc.nat(2), { freq: 4 }),
})

const told = async ({ node }: Villager) => {
  const { claims } = await node.bus.call(claimQuery, { limit: 200 })
  const { community } = await node.bus.call(communityGet, {})
  return { claims, members: community?.members }
}

describe('splits and healing (SYN-3, EVT-3)', () => {
  it('three nodes split and restarted in any way end equal, with everything anyone wrote', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), fc.array(step, { minLength: 1, maxLength: 5 }), async (seed, steps) => {
        const village = createVillage(seed)
        const villagers = [...(await village.settle('Anna', 'Bert', 'Carla'))]
        const at = (n: number): Villager => {
          const villager = villagers[n]
          if (!villager) throw new RangeError('three villagers')
          return villager
        }
        let written = 0
        for (const { split, writer, claims, restarts } of steps) {
          village.network.partition(...split.map((group) => group.map((n) => at(n).id)))
          for (let n = 0; n < claims; n++) {
            await at(writer).node.bus.call(claimAssert, {
              subject: `Ort ${written++}`,
              predicate: 'ist',
              object: 'da',
              sources: [],
              confidence: 1,
              derived_from: [],
            })
          }
          if (restarts !== null) villagers[restarts] = await village.restart(at(restarts))
          await village.runtime.advance(500)
        }
        village.network.heal()
        for (const villager of villagers) {
          const has = async () => (await told(villager)).claims.length === written
          await village.until(`${villager.name} has all ${written}`, has, 900)
        }
        const [anna, bert, carla] = await Promise.all(villagers.map(told))
        expect(bert).toEqual(anna)
        expect(carla).toEqual(anna)
      }),
      { numRuns: 12 },
    )
  }, 180_000)
})
