import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Cast, createCast } from './cast.ts'
import { randomOf } from './random.ts'
import type { Target, Wire } from './target.ts'

const nobody = (): void => undefined

/** A target whose connections are there or not, and carry nothing. */
function silentTarget(): { readonly target: Target; readonly lost: Set<string>; readonly stopped: string[] } {
  const lost = new Set<string>()
  const stopped: string[] = []
  const nothing = async (): Promise<never> => {
    throw new Error('nothing is carried here')
  }
  const wireOf = (nodeId: string): Wire => ({
    open: nothing,
    incoming: async () => null,
    serve: nobody,
    subscribe: nothing,
    publish: nothing,
    heard: async () => null,
    openAtBox: nothing,
    boxAddresses: [],
    connected: async () => !lost.has(nodeId),
    reconnect: nothing,
    stop: async () => void stopped.push(nodeId),
  })
  const target: Target = {
    kind: 'silent',
    features: new Set(['wire'] as const),
    nodeId: `ed25519:${'A'.repeat(43)}`,
    community: `ed25519:${'B'.repeat(43)}`,
    invite: async () => null,
    connect: async ({ nodeId }) => wireOf(nodeId),
    seat: null,
    codec: null,
    problems: () => [],
    stop: async () => undefined,
  }
  return { target, lost, stopped }
}

describe('peers that are lent from case to case', () => {
  let cast: Cast
  let lost: Set<string>
  let stopped: string[]
  const lend = (part = '') => cast.lend('stranger', part, nobody)

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const silent = silentTarget()
    ;({ lost, stopped } = silent)
    cast = createCast(silent.target, randomOf(1, 'cast'))
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  const restABit = (): void => void vi.advanceTimersByTime(2000)

  it('belong to one case at a time, and come back after a second of rest (BUS-6)', async () => {
    const [first, second] = [await lend(), await lend()]
    expect(second).not.toBe(first)
    expect(cast.giveBack(first)).toBe(true)
    expect(await lend()).not.toBe(first)
    restABit()
    expect(await lend()).toBe(first)
  })

  it('stay what they were used as', async () => {
    const root = await lend('root')
    cast.giveBack(root)
    restABit()
    expect(await lend()).not.toBe(root)
    expect(await lend('root')).toBe(root)
  })

  it('are lent no more when something they signed hangs loose, or their connection is gone', async () => {
    const [loose, gone, whole] = [await lend(), await lend(), await lend()]
    loose.event('conformance.note.written', {})
    whole.follow(whole.event('conformance.note.written', {}))
    lost.add(gone.nodeId)
    expect([loose, gone, whole].map(cast.giveBack)).toEqual([false, true, true])
    restABit()
    expect(await lend()).toBe(whole)
    const another = await lend()
    expect([loose, gone, whole]).not.toContain(another)
  })

  it('go when more wait than anybody will ask for, who waited longest first', async () => {
    const peers = []
    for (let at = 0; at < 20; at++) peers.push(await lend())
    for (const peer of peers) cast.giveBack(peer)
    expect(stopped).toEqual(peers.slice(0, 4).map(({ nodeId }) => nodeId))
    restABit()
    expect(await lend()).toBe(peers[4])
  })

  it('are all stopped in the end', async () => {
    const peers = [await lend(), await lend('root')]
    await cast.stop()
    expect(stopped).toEqual(peers.map(({ nodeId }) => nodeId))
  })
})
