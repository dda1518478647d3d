import { describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { indexAt, leadsToAnchor } from '#protocol/lora/chain.ts'
import { senderHashOf } from '#protocol/lora/frame.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { createAnchors } from './anchors.ts'
import { createOwnChains, NO_CHAINS, OwnChainsSchema } from './own-chain.ts'
import { createBoard, createPlainShelf, person } from './testing/stations.ts'

const DAY_MS = 86_400_000
const ANNA = person(1)
const HASH = senderHashOf(ANNA)
const flags = { panic: false, ok: false, gateway: false, low_battery: false }

async function scene() {
  const at = { wall: Date.UTC(2026, 4, 26, 8) }
  // a chain is made a few days at a time: here without waiting in between
  const runtime: Runtime = {
    ...createSeededRuntime(4),
    now: () => at.wall,
    after(_, task) {
      queueMicrotask(task)
      return () => {}
    },
  }
  const board = createBoard()
  const shelf = createPlainShelf()
  const state = { refuse: false }
  const chains = createOwnChains({
    runtime,
    nodeId: ANNA,
    drawer: await shelf.open('lora.chains', OwnChainsSchema, NO_CHAINS),
    anchored: () => board.anchored(ANNA),
    async publish(anchored) {
      if (state.refuse) throw new HearthError('partition', 'not in step yet')
      board.publish(ANNA, anchored)
    },
  })
  const seconds = () => Math.floor(at.wall / 1000)
  let sequence = 0
  const seal = (change: Partial<typeof flags> = {}) =>
    chains.seal({ senderHash: HASH, sequence: ++sequence, flags: { ...flags, ...change }, unixSeconds: seconds() })
  return { at, board, chains, state, seal, seconds, anchors: createAnchors(board.view, () => true) }
}

describe('a node’s own chain (LOR-8)', () => {
  it('is made once, published when the log takes it, and signs from then on', async () => {
    const { board, chains, state, seal, anchors, seconds } = await scene()
    state.refuse = true
    await expect(chains.provide()).rejects.toMatchObject({ code: 'partition' })
    expect(await seal()).toBeNull()
    state.refuse = false
    await chains.provide()
    await chains.provide()
    expect(board.anchored(ANNA)).toHaveLength(1)
    expect(chains.isAnchored()).toBe(true)

    const frame = await seal()
    const [anchor] = anchors.covering(HASH, seconds())
    if (frame?.version !== 2 || !anchor) throw new TypeError('an anchored chain signs')
    expect(leadsToAnchor(anchor, 'key', indexAt('key', anchor.startsAt, frame.unixSeconds) - 2, frame.key)).toBe(true)
    const help = await seal({ panic: true })
    if (help?.version !== 2) throw new TypeError('an anchored chain signs')
    expect(leadsToAnchor(anchor, 'panic', indexAt('panic', anchor.startsAt, help.unixSeconds), help.key)).toBe(true)
  })

  it('never signs with a key that is out, and is replaced when a wrong clock let out keys of the future', async () => {
    const { at, board, chains, seal } = await scene()
    await chains.provide()
    at.wall += DAY_MS
    expect(await seal()).not.toBeNull()
    at.wall -= DAY_MS
    expect(chains.isAnchored()).toBe(false)
    expect(await seal()).toBeNull()
    // the old one began today, so the new one begins at midnight
    await chains.provide()
    expect(board.anchored(ANNA)).toHaveLength(2)
    expect(await seal()).toBeNull()
    at.wall += DAY_MS
    expect(await seal()).not.toBeNull()
  })

  it('is followed by the next one before it ends, without a gap', async () => {
    const { at, board, chains, seal } = await scene()
    await chains.provide()
    at.wall += 300 * DAY_MS
    await chains.provide()
    expect(board.anchored(ANNA)).toHaveLength(1)
    at.wall += 10 * DAY_MS
    await chains.provide()
    const [next, first] = board.anchored(ANNA)
    expect(next?.starts_at).toBe((first?.starts_at ?? 0) + 366 * 86_400)
    expect(await seal()).not.toBeNull()
    at.wall += 60 * DAY_MS
    expect(await seal()).not.toBeNull()
  })
})
