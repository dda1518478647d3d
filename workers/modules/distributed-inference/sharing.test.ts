import { beforeEach, describe, expect, it } from 'vitest'
import { createShelf } from '../../kernel/shelf.ts'
import { createMemoryStore, type MemoryStore } from '../../memory/memory-store.ts'
import { openSharing, type Sharing } from './sharing.ts'
import { limitsFor } from './sharing-memory.ts'
import { createDevice, MIB } from './testing/layers-only.ts'

const OTHER = `sha256:${'2'.repeat(64)}`

describe('what a person shares', () => {
  let store: MemoryStore
  let device: ReturnType<typeof createDevice>['device']
  let compute: ReturnType<typeof createDevice>['compute']
  let elsewhere: { from: number; to: number }[]
  beforeEach(() => {
    store = createMemoryStore()
    elsewhere = []
    ;({ device, compute } = createDevice())
  })
  const start = (): Promise<Sharing> =>
    openSharing({ shelf: createShelf(store), compute, limits: limitsFor(null), elsewhere: () => elsewhere })
  async function sharing(memoryBytes = 1024 * MIB): Promise<Sharing> {
    const open = await start()
    await open.set({ share: true, memoryBytes })
    return open
  }
  const ids = (open: Sharing) => open.ready().map(({ shard_id }) => shard_id)

  it('is nothing before they say so, and what was offered waits for it', async () => {
    const open = await start()
    expect(open.share).toBe(false)
    await open.offer('tiny', { from: 0, to: 3 })
    expect(open.offers()).toMatchObject([{ id: 'tiny:0-3', state: 'paused' }])
    expect([open.ready(), device.loads]).toEqual([[], 0])
    await open.set({ share: true })
    expect(open.offers()).toMatchObject([{ id: 'tiny:0-3', state: 'loading' }])
    await open.beat()
    expect(open.offers()).toMatchObject([{ id: 'tiny:0-3', state: 'ready' }])
    expect(ids(open)).toEqual(['tiny:0-3'])
  })

  it('is nothing again at once when they say so while it loads', async () => {
    const open = await start()
    await open.offer('tiny', { from: 0, to: 3 })
    await open.set({ share: true })
    await open.set({ share: false })
    await open.beat()
    expect(open.offers()).toMatchObject([{ state: 'paused' }])
    expect([open.ready(), device.loaded.size]).toEqual([[], 0])
  })

  it('stops at once, however long something takes to load', async () => {
    const open = await sharing()
    await open.offer('tiny', { from: 0, to: 3 })
    const life = open.find('tiny:0-3')?.life
    let release = (): void => undefined
    device.during = () => new Promise((resolve) => (release = resolve))
    const loading = open.offer('tiny', { from: 4, to: 7 })
    while (device.loads < 2) await Promise.resolve()
    await open.set({ share: false })
    expect([open.ready(), life?.aborted]).toEqual([[], true])
    release()
    await loading
    await open.beat()
    expect(open.offers().map(({ state }) => state)).toEqual(['paused', 'paused'])
    expect(device.loaded.size).toBe(0)
  })

  it('comes back after a restart', async () => {
    const first = await sharing(512 * MIB)
    await first.offer('tiny', { from: 0, to: 3 })
    first.stop()
    expect(first.ready()).toEqual([])
    store = store.reopen()
    ;({ device, compute } = createDevice())
    const again = await start()
    expect(device.budget).toBe(512 * MIB)
    expect(again.offers()).toMatchObject([{ id: 'tiny:0-3', state: 'loading' }])
    await again.beat()
    expect(ids(again)).toEqual(['tiny:0-3'])
  })

  it('is what the fewest others offer and fits, or nothing', async () => {
    elsewhere = [{ from: 0, to: 5 }]
    const open = await sharing(360 * MIB)
    // 360 MiB without a quarter for conversations: six layers of 45
    expect(await open.offer('tiny')).toBe('tiny:6-11')
    await open.set({ memoryBytes: 64 * MIB })
    expect(open.offers()).toEqual([])
    await expect(open.offer('tiny', { from: 0, to: 1 })).rejects.toMatchObject({ code: 'capacity_exceeded' })
  })

  it('takes one layer less where the chosen ones turn out too large', async () => {
    device.facts.set('tiny', { layerBytes: 20 * MIB })
    const open = await sharing(200 * MIB)
    expect(await open.offer('tiny')).toMatch(/^tiny:0-[0-2]$/)
  })

  it('refuses layers that there are none of, or whose bytes are not here', async () => {
    device.facts.set('tiny', { held: [{ first: 4, end: 12 }], whole: false })
    const open = await sharing()
    await expect(open.offer('tiny', { from: 8, to: 12 })).rejects.toMatchObject({ code: 'bad_request' })
    await expect(open.offer('tiny', { from: 5, to: 4 })).rejects.toMatchObject({ code: 'bad_request' })
    await expect(open.offer('tiny', { from: 3, to: 5 })).rejects.toMatchObject({ code: 'not_found' })
    await expect(open.offer('none')).rejects.toMatchObject({ code: 'not_found' })
    expect(open.offers()).toEqual([])
  })

  it('withdraws what does not fit into less memory any more, the newest first, and tells who uses it', async () => {
    const open = await sharing()
    await open.offer('tiny', { from: 0, to: 3 })
    await open.offer('tiny', { from: 4, to: 7 })
    const [old, young] = ['tiny:0-3', 'tiny:4-7'].map((id) => open.find(id))
    await open.set({ memoryBytes: 300 * MIB })
    expect(ids(open)).toEqual(['tiny:0-3'])
    expect([old?.life.aborted, young?.life.aborted]).toEqual([false, true])
    expect([...device.loaded.keys()]).toEqual(['tiny:0-3'])
    expect(device.budget).toBe(300 * MIB)
    store = store.reopen()
    expect((await start()).offers()).toHaveLength(1)
  })

  it('withdraws layers beside which no conversation fits any more', async () => {
    const open = await sharing()
    await open.offer('tiny', { from: 0, to: 3 })
    await open.set({ memoryBytes: 200 * MIB + 64 })
    expect(open.offers()).toEqual([])
    expect(device.loaded.size).toBe(0)
  })

  it('forgets nothing of what is said at once', async () => {
    const open = await sharing()
    await Promise.all([
      open.offer('tiny', { from: 0, to: 1 }),
      open.set({ memoryBytes: 512 * MIB }),
      open.offer('tiny', { from: 2, to: 3 }),
      open.set({ share: false }),
    ])
    store = store.reopen()
    const again = await start()
    expect([again.share, again.memoryBytes]).toEqual([false, 512 * MIB])
    expect(again.offers().map(({ id }) => id)).toEqual(['tiny:0-1', 'tiny:2-3'])
  })

  it('stays within what can be set aside', async () => {
    const open = await sharing()
    const { leastBytes, mostBytes } = open.limits
    for (const memoryBytes of [leastBytes - 1, mostBytes + 1])
      await expect(open.set({ memoryBytes })).rejects.toMatchObject({ code: 'bad_request' })
    expect(limitsFor(2 * 1024 * MIB)).toEqual({ leastBytes, mostBytes: 1024 * MIB })
  })

  it('loads again what had to go, on the processor where the graphics card is lost, or says that it does not fit', async () => {
    const open = await sharing()
    await open.offer('tiny', { from: 0, to: 3 })
    const life = open.find('tiny:0-3')?.life
    device.backend = 'wasm'
    await open.beat()
    expect([open.ready()[0]?.backend, life?.aborted]).toEqual(['wasm', false])
    device.loaded.clear()
    await open.beat()
    expect([ids(open), life?.aborted]).toEqual([['tiny:0-3'], true])
    device.loaded.clear()
    device.budget = 0
    await open.beat()
    expect(open.offers()).toMatchObject([{ state: 'failed', code: 'capacity_exceeded' }])
    expect(open.ready()).toEqual([])
    device.budget = 1024 * MIB
    for (let beat = 0; beat < 12; beat++) await open.beat()
    expect(ids(open)).toEqual(['tiny:0-3'])
  })

  it('offers nothing under the name of other weights (DLM-7)', async () => {
    const open = await sharing()
    await open.offer('tiny', { from: 0, to: 3 })
    device.facts.set('tiny', { weightsHash: OTHER })
    device.loaded.clear()
    await open.beat()
    expect(open.offers()).toMatchObject([{ state: 'failed', code: 'weights_mismatch' }])
    device.facts.set('tiny', {})
    await open.retry()
    expect(ids(open)).toEqual(['tiny:0-3'])
  })

  it('leaves nothing behind where layers are taken back while they load', async () => {
    const open = await sharing()
    let withdrawn: Promise<void> | null = null
    device.during = async () => {
      withdrawn = open.withdraw('tiny:0-3')
    }
    await expect(open.offer('tiny', { from: 0, to: 3 })).rejects.toMatchObject({ code: 'shard_unavailable' })
    await withdrawn
    expect([open.offers(), device.loaded.size]).toEqual([[], 0])
  })

  it('gives each place once, and takes it back once', async () => {
    const open = await sharing()
    await open.offer('tiny', { from: 0, to: 3 })
    const shard = open.find('tiny:0-3')
    const leave = Array.from({ length: 9 }, () => shard?.enter() ?? null)
    expect(leave.filter((one) => one === null)).toHaveLength(1)
    leave[0]?.()
    leave[0]?.()
    expect(open.ready()[0]).toMatchObject({ streams: 7, max_concurrent_streams: 8, max_tokens: 1024 })
  })
})
