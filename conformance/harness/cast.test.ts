import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Peer } from '../client/peer.ts'
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
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] })
    const silent = silentTarget()
    ;({ lost, stopped } = silent)
    cast = createCast(silent.target, randomOf(1, 'cast'))
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  /** Calls that go nowhere, and count all the same. */
  async function asks(peer: Peer, times: number): Promise<void> {
    for (let call = 0; call < times; call++) await peer.deliver({}).catch(nobody)
  }

  it('belong to one case at a time, and to the next one as soon as it is over', async () => {
    const [first, second] = [await lend(), await lend()]
    expect(second).not.toBe(first)
    expect(cast.giveBack(first)).toBe(true)
    expect(await lend()).toBe(first)
  })

  it('rest for a second when they asked much: what one case asked is not held against the next (BUS-6)', async () => {
    const [busy, quiet] = [await lend(), await lend()]
    await asks(busy, 8)
    await asks(quiet, 2)
    for (const peer of [busy, quiet]) cast.giveBack(peer)
    expect(await lend()).toBe(quiet)
    let again: Peer | null = null
    const lending = lend().then((peer) => {
      again = peer
    })
    await vi.advanceTimersByTimeAsync(1000)
    expect(again).toBeNull()
    await vi.advanceTimersByTimeAsync(200)
    await lending
    expect(again).toBe(busy)
  })

  it('stay what they were used as', async () => {
    const root = await lend('root')
    cast.giveBack(root)
    expect(await lend()).not.toBe(root)
    expect(await lend('root')).toBe(root)
  })

  it('are lent no more when something they signed hangs loose, or their connection is gone', async () => {
    const [loose, gone, whole] = [await lend(), await lend(), await lend()]
    loose.event('conformance.note.written', {})
    whole.follow(whole.event('conformance.note.written', {}))
    lost.add(gone.nodeId)
    expect([loose, gone, whole].map(cast.giveBack)).toEqual([false, true, true])
    expect(await lend()).toBe(whole)
    const another = await lend()
    expect([loose, gone, whole]).not.toContain(another)
  })

  it('go when more wait than anybody will ask for, who waited longest first', async () => {
    const peers = []
    for (let at = 0; at < 20; at++) peers.push(await lend())
    for (const peer of peers) cast.giveBack(peer)
    expect(stopped).toEqual(peers.slice(0, 4).map(({ nodeId }) => nodeId))
    expect(await lend()).toBe(peers[4])
  })

  it('are all stopped in the end', async () => {
    const peers = [await lend(), await lend('root')]
    await cast.stop()
    expect(stopped).toEqual(peers.map(({ nodeId }) => nodeId))
  })
})
