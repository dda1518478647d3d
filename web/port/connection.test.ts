import { afterEach, describe, expect, it, vi } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { PORTS_CHANNEL, type PortRequest } from '../../workers/port.ts'
import { createNodeClient } from './client.ts'
import { type Connection, connectNode } from './connection.ts'
import type { NodeProcess } from './node-process.ts'
import { createQueryStore } from './query-store.ts'
import type { TabChannel, TabPlatform } from './tab-platform.ts'

interface Holder {
  readonly held: (granted: boolean) => Promise<void>
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** One browser: locks and channels as all its tabs share them, timers that fire when the test says. */
function createBrowser() {
  const holding = new Map<string, Holder>()
  const queues = new Map<string, Holder[]>()
  const channels = new Map<string, Set<{ deliver(data: unknown): void }>>()
  const timers: { readonly ms: number; readonly task: () => void }[] = []
  const nodes: { running: boolean; ready(): void; fail(reason: HearthError): void; crash(): void }[] = []

  function grant(name: string, holder: Holder): void {
    holding.set(name, holder)
    holder.held(true).then(() => {
      if (holding.get(name) !== holder) return
      holding.delete(name)
      const next = queues.get(name)?.shift()
      if (next) grant(name, next)
      holder.resolve()
    }, holder.reject)
  }

  const withLock: TabPlatform['withLock'] = (name, { ifAvailable, steal, signal }, held) =>
    new Promise((resolve, reject) => {
      const holder = { held, resolve, reject }
      const current = holding.get(name)
      if (!current) return grant(name, holder)
      if (ifAvailable) return held(false).then(resolve, reject)
      if (steal) {
        grant(name, holder)
        return current.reject(new DOMException('stolen', 'AbortError'))
      }
      const queue = queues.get(name) ?? []
      queues.set(name, queue)
      queue.push(holder)
      signal?.addEventListener('abort', () => {
        const at = queue.indexOf(holder)
        if (at >= 0) queue.splice(at, 1)
        if (at >= 0) reject(signal.reason)
      })
    })

  function openChannel<T>(name: string): TabChannel<T> {
    const listeners = new Set<(event: MessageEvent<T>) => void>()
    const mine = {
      deliver(data: unknown) {
        for (const listener of listeners) listener(new MessageEvent('message', { data: data as T }))
      },
    }
    const all = channels.get(name) ?? new Set()
    channels.set(name, all.add(mine))
    return {
      postMessage: (data) => {
        for (const other of [...all]) if (other !== mine) queueMicrotask(() => other.deliver(data))
      },
      addEventListener: (_, listener) => void listeners.add(listener),
      removeEventListener: (_, listener) => void listeners.delete(listener),
      close: () => void all.delete(mine),
    }
  }

  function startNode(): NodeProcess {
    const shared = openChannel<PortRequest>(PORTS_CHANNEL)
    const client = createNodeClient(new MessageChannel().port1)
    let settleReady = { resolve: (): void => undefined, reject: (_: unknown): void => undefined }
    let die = (_: HearthError): void => undefined
    const node = {
      running: true,
      ready() {
        shared.addEventListener('message', ({ data }) => {
          if (data.kind === 'attach') shared.postMessage({ kind: 'attached', channel: data.channel })
        })
        shared.postMessage({ kind: 'node-started' })
        settleReady.resolve()
      },
      fail: (reason: HearthError) => settleReady.reject(reason),
      crash: () => die(new HearthError('partition', 'crashed')),
    }
    nodes.push(node)
    const kill = (): void => {
      node.running = false
      shared.close()
    }
    return {
      client,
      ready: new Promise((resolve, reject) => {
        settleReady = { resolve, reject }
      }),
      died: new Promise((resolve) => {
        die = resolve
      }),
      stop: async () => kill(),
      kill,
    }
  }

  const platform: TabPlatform = {
    withLock,
    openChannel,
    startNode,
    after(ms, task) {
      const timer = { ms, task }
      timers.push(timer)
      return () => {
        if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1)
      }
    },
  }
  return { platform, nodes, timers }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const open = (browser: ReturnType<typeof createBrowser>): Connection =>
  connectNode(browser.platform, createQueryStore({ onFrame: () => undefined, after: () => () => undefined }))
const shown = (tab: Connection): string => `${tab.get().role} ${tab.get().phase}`

describe('tabs and their node', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it('run one node: the first tab leads, the second follows and is ready with it', async () => {
    const browser = createBrowser()
    const first = open(browser)
    await settle()
    const second = open(browser)
    await settle()
    expect([shown(first), shown(second)]).toEqual(['leader starting', 'follower starting'])
    browser.nodes[0]?.ready()
    await settle()
    expect([shown(first), shown(second)]).toEqual(['leader ready', 'follower ready'])
    expect(browser.nodes).toHaveLength(1)
  })

  it('hand the node to a follower when the leading tab closes, with its screens still up', async () => {
    const browser = createBrowser()
    const first = open(browser)
    await settle()
    const [second, third] = [open(browser), open(browser)]
    await settle()
    browser.nodes[0]?.ready()
    await settle()
    const attached = third.get().client
    first.close()
    await settle()
    expect(browser.nodes.map(({ running }) => running)).toEqual([false, true])
    expect(shown(second)).toBe('leader ready')
    expect(second.get().client).toBeNull()
    browser.nodes[1]?.ready()
    await settle()
    expect(second.get().client).not.toBeNull()
    expect(shown(third)).toBe('follower ready')
    expect(third.get().client).not.toBe(attached)
  })

  it('move the node on request: the leader stops cleanly and follows', async () => {
    const browser = createBrowser()
    const first = open(browser)
    await settle()
    const second = open(browser)
    browser.nodes[0]?.ready()
    await settle()
    second.takeOver()
    await settle()
    expect(browser.nodes.map(({ running }) => running)).toEqual([false, true])
    browser.nodes[1]?.ready()
    await settle()
    expect([shown(first), shown(second)]).toEqual(['follower ready', 'leader ready'])
  })

  it('take the lock from a leader that does not answer', async () => {
    const browser = createBrowser()
    // a tab that holds the lock and hears nothing
    void browser.platform.withLock('hearthnet-node', {}, () => new Promise(() => undefined)).catch(() => undefined)
    const tab = open(browser)
    await settle()
    expect(shown(tab)).toBe('follower starting')
    tab.takeOver()
    await settle()
    expect(shown(tab)).toBe('follower starting')
    browser.timers.find(({ ms }) => ms === 4000)?.task()
    await settle()
    expect(shown(tab)).toBe('leader starting')
  })

  it('start a crashed node again, with growing pauses or at once on request, and show why', async () => {
    const browser = createBrowser()
    const tab = open(browser)
    await settle()
    browser.nodes[0]?.ready()
    await settle()
    browser.nodes[0]?.crash()
    await settle()
    expect(tab.get()).toMatchObject({ phase: 'failed', client: null, error: { code: 'partition' } })
    expect(browser.timers.map(({ ms }) => ms)).toEqual([1000])
    browser.timers.shift()?.task()
    expect(shown(tab)).toBe('leader starting')
    browser.nodes[1]?.fail(new HearthError('internal_error', 'no storage'))
    await settle()
    expect(tab.get()).toMatchObject({ phase: 'failed', error: { message: 'no storage' } })
    expect(browser.timers.map(({ ms }) => ms)).toEqual([2000])
    tab.retry()
    browser.nodes[2]?.ready()
    await settle()
    expect(tab.get()).toMatchObject({ phase: 'ready', error: undefined })
    expect(browser.nodes.map(({ running }) => running)).toEqual([false, false, true])
  })
})
