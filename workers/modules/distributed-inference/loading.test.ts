import { beforeEach, describe, expect, it } from 'vitest'
import { createShelf } from '../../kernel/shelf.ts'
import { createMemoryStore } from '../../memory/memory-store.ts'
import { openSharing, type Sharing } from './sharing.ts'
import { limitsFor } from './sharing-memory.ts'
import { createDevice, MIB } from './testing/layers-only.ts'

describe('layers whose compute worker dies', () => {
  let device: ReturnType<typeof createDevice>['device']
  let open: Sharing
  beforeEach(async () => {
    const { compute, ...made } = createDevice()
    ;({ device } = made)
    const shelf = createShelf(createMemoryStore())
    open = await openSharing({ shelf, compute, limits: limitsFor(null), elsewhere: () => [] })
    await open.set({ share: true, memoryBytes: 1024 * MIB })
  })
  const ids = () => open.ready().map(({ shard_id }) => shard_id)

  it('withdraws at once what died with the compute worker, and offers it again out of a fresh one (DLM-1, DLM-8)', async () => {
    await open.offer('tiny', { from: 0, to: 3 })
    await open.offer('tiny', { from: 4, to: 7 })
    const lives = ids().map((id) => open.find(id)?.life)
    device.die()
    expect([open.ready(), lives.map((life) => life?.aborted)]).toEqual([[], [true, true]])
    expect(open.offers().map(({ state }) => state)).toEqual(['loading', 'loading'])
    await open.beat()
    expect(ids()).toEqual(['tiny:0-3', 'tiny:4-7'])
    await open.set({ share: false })
    device.die()
    await open.beat()
    expect([open.ready(), device.loads]).toEqual([[], 4])
  })

  it('does not load again and again what the compute worker dies of, and spares what it had loaded before', async () => {
    await open.offer('tiny', { from: 0, to: 3 })
    await open.set({ share: false })
    await open.offer('tiny', { from: 4, to: 7 })
    device.during = async ({ first }) => {
      if (first === 4) throw device.die()
    }
    await open.set({ share: true })
    const states = () => open.offers().map(({ state, code }) => [state, code])
    for (let beat = 0; beat < 9; beat++) await open.beat()
    expect(states()).toEqual([
      ['ready', null],
      ['failed', 'internal_error'],
    ])
    const { loads } = device
    await open.retry()
    for (let beat = 0; beat < 30; beat++) await open.beat()
    expect(device.loads).toBe(loads)
    device.during = async () => {}
    await open.set({ share: true })
    await open.beat()
    expect(ids()).toEqual(['tiny:0-3', 'tiny:4-7'])
  })

  it('rests where the compute worker dies of it while it computes, and forgives what was long ago', async () => {
    await open.offer('tiny', { from: 0, to: 3 })
    for (let death = 0; death < 5; death++) {
      device.die()
      for (let beat = 0; beat < 13; beat++) await open.beat()
    }
    expect(ids()).toEqual(['tiny:0-3'])
    for (let death = 0; death < 3; death++) {
      device.die()
      await open.beat()
    }
    expect(open.offers()).toMatchObject([{ state: 'failed', code: 'internal_error' }])
  })
})
