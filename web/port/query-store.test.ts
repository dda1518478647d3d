import { beforeEach, describe, expect, it } from 'vitest'
import { communityGet } from '#protocol/community/capabilities.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { nodePeers, nodeStatus } from '#protocol/node/capabilities.ts'
import { meshChanged } from '#protocol/node/events.ts'
import type { NodeClient } from './client.ts'
import { createQueryStore, type QueryPlatform } from './query-store.ts'

interface Asked {
  readonly name: string
  readonly input: unknown
  resolve(output: unknown): void
  reject(reason: unknown): void
}

/** A client whose answers and events come when the test says. */
function playClient(): { client: NodeClient; asked: Asked[]; emit: (types: string[]) => void } {
  const asked: Asked[] = []
  const frames: unknown[] = []
  let wake = (): void => undefined
  async function* watch(signal?: AbortSignal): AsyncGenerator<unknown, unknown> {
    signal?.addEventListener('abort', () => wake())
    while (!signal?.aborted) {
      while (frames.length > 0) yield frames.shift()
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    throw signal.reason
  }
  const client = {
    call: (capability: { name: string }, input: unknown) =>
      new Promise((resolve, reject) => asked.push({ name: capability.name, input, resolve, reject })),
    stream: (_: unknown, __: unknown, { signal }: { signal?: AbortSignal } = {}) => watch(signal),
    close: () => undefined,
  } as unknown as NodeClient // the store uses the untyped core of these three
  return {
    client,
    asked,
    emit(types) {
      frames.push({ types })
      wake()
    },
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const mesh = (n: number): unknown => ({ peers: [], boxes: [], n })

describe('the query store', () => {
  let paint: (() => void)[]
  let timers: { ms: number; task: () => void }[]
  let platform: QueryPlatform
  beforeEach(() => {
    paint = []
    timers = []
    platform = {
      onFrame: (task) => void paint.push(task),
      after(ms, task) {
        const timer = { ms, task }
        timers.push(timer)
        return () => {
          timers = timers.filter((other) => other !== timer)
        }
      },
    }
  })
  const nextFrame = async (): Promise<void> => {
    await settle()
    for (const task of paint.splice(0)) task()
    await settle()
  }

  it('asks once for all who ask the same, by value, and tells them all', async () => {
    const store = createQueryStore(platform)
    const { client, asked } = playClient()
    store.setClient(client)
    const seen: string[] = []
    const [one, two] = [store.query(nodePeers, {}), store.query(nodePeers, {})]
    expect(one.get()).toEqual({ status: 'loading' })
    one.subscribe(() => seen.push('one'))
    two.subscribe(() => seen.push('two'))
    store.query(nodeStatus, {}).subscribe(() => seen.push('other'))
    expect(asked.map(({ name }) => name)).toEqual([nodePeers.name, nodeStatus.name])
    asked[0]?.resolve(mesh(1))
    await settle()
    expect(seen).toEqual(['one', 'two'])
    expect(two.get()).toEqual({ status: 'ready', data: mesh(1), refreshing: false })
    expect(two.get()).toBe(one.get())
  })

  it('asks again, once for a burst, when events come that the answer depends on, and keeps the old answer meanwhile', async () => {
    const store = createQueryStore(platform)
    const { client, asked, emit } = playClient()
    store.setClient(client)
    const query = store.query(nodePeers, {})
    query.subscribe(() => undefined)
    store.query(communityGet, {}).subscribe(() => undefined)
    asked[0]?.resolve(mesh(1))
    await settle()
    for (let i = 0; i < 5; i++) emit([meshChanged.type, 'unrelated'])
    await nextFrame()
    expect(asked.slice(2).map(({ name }) => name)).toEqual([nodePeers.name])
    expect(query.get()).toEqual({ status: 'ready', data: mesh(1), refreshing: true })
    asked[2]?.resolve(mesh(2))
    await settle()
    expect(query.get()).toEqual({ status: 'ready', data: mesh(2), refreshing: false })
    emit(['unrelated'])
    await nextFrame()
    expect(asked).toHaveLength(3)
  })

  it('asks once more, and not with every event, when something changes while an answer is under way', async () => {
    const store = createQueryStore(platform)
    const { client, asked, emit } = playClient()
    store.setClient(client)
    const query = store.query(nodePeers, {})
    query.subscribe(() => undefined)
    for (let burst = 0; burst < 5; burst++) {
      emit([meshChanged.type])
      await nextFrame()
    }
    expect(asked).toHaveLength(1)
    asked[0]?.resolve(mesh(1))
    await settle()
    expect(asked).toHaveLength(2)
    expect(query.get()).toEqual({ status: 'ready', data: mesh(1), refreshing: true })
    asked[1]?.resolve(mesh(2))
    await settle()
    expect(query.get()).toEqual({ status: 'ready', data: mesh(2), refreshing: false })
    expect(asked).toHaveLength(2)
  })

  it('asks once more after a failure that something changed meanwhile', async () => {
    const store = createQueryStore(platform)
    const { client, asked, emit } = playClient()
    store.setClient(client)
    const query = store.query(nodePeers, {})
    query.subscribe(() => undefined)
    emit([meshChanged.type])
    await nextFrame()
    asked[0]?.reject(new HearthError('rate_limited', 'too much at once'))
    await settle()
    asked[1]?.resolve(mesh(2))
    await settle()
    expect(query.get()).toEqual({ status: 'ready', data: mesh(2), refreshing: false })
  })

  it('shows a failure with a way to try again', async () => {
    const store = createQueryStore(platform)
    const { client, asked } = playClient()
    store.setClient(client)
    const query = store.query(nodePeers, {})
    query.subscribe(() => undefined)
    asked[0]?.reject(new HearthError('timeout', 'late'))
    await settle()
    const state = query.get()
    expect(state).toMatchObject({ status: 'failed', error: { code: 'timeout' } })
    if (state.status === 'failed') state.retry()
    expect(query.get()).toEqual({ status: 'loading' })
    asked[1]?.resolve(mesh(1))
    await settle()
    expect(query.get()).toMatchObject({ status: 'ready' })
  })

  it('keeps answers over a change of node, asks the new one, and does not show the old one’s end', async () => {
    const store = createQueryStore(platform)
    const [old, next] = [playClient(), playClient()]
    store.setClient(old.client)
    const query = store.query(nodePeers, {})
    query.subscribe(() => undefined)
    old.asked[0]?.resolve(mesh(1))
    await settle()
    old.emit([meshChanged.type])
    await nextFrame()
    store.setClient(null)
    old.asked[1]?.reject(new HearthError('partition', 'the node has stopped'))
    await settle()
    expect(query.get()).toEqual({ status: 'ready', data: mesh(1), refreshing: true })
    store.setClient(next.client)
    next.asked[0]?.resolve(mesh(2))
    await settle()
    expect(query.get()).toEqual({ status: 'ready', data: mesh(2), refreshing: false })
  })

  it('asks nothing while nobody looks, shows the kept answer on return, and forgets it in time', async () => {
    const store = createQueryStore(platform)
    const { client, asked, emit } = playClient()
    store.setClient(client)
    const leave = store.query(nodePeers, {}).subscribe(() => undefined)
    asked[0]?.resolve(mesh(1))
    await settle()
    leave()
    emit([meshChanged.type])
    await nextFrame()
    expect(asked).toHaveLength(1)
    const leaveAgain = store.query(nodePeers, {}).subscribe(() => undefined)
    expect(timers).toEqual([])
    expect(store.query(nodePeers, {}).get()).toEqual({ status: 'ready', data: mesh(1), refreshing: true })
    leaveAgain()
    for (const { task } of timers) task()
    expect(store.query(nodePeers, {}).get()).toEqual({ status: 'loading' })
  })
})
