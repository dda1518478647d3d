import { beforeEach, describe, expect, it } from 'vitest'
import type { Capability } from '#protocol/core/capability.ts'
import { wireTime } from '#protocol/core/ids.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import type { PortEndpoint, PortMessage } from '../../port.ts'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { createBus } from '../bus/create-bus.ts'
import { type BusWorld, counting, createBusWorld, own, requestFor, type TestNode } from '../bus/testing/bus-world.ts'
import { delay } from '../runtime.ts'
import { type BrokerPlatform, brokerPorts } from './port-broker.ts'
import { serveScreen } from './screen-port.ts'

let world: BusWorld
let node: TestNode

beforeEach(async () => {
  world = await createBusWorld()
  node = await world.node(1)
  node.bus.handle(own, async ({ text }, { signal }) => {
    if (text === 'slow') await delay(world.runtime, 1000, signal)
    return { text }
  })
})

interface Screen {
  readonly seen: PortMessage[]
  post(message: PortMessage): void
}

function screenAt(port: PortEndpoint & { start?(): void }): Screen {
  const seen: PortMessage[] = []
  port.addEventListener('message', ({ data }) => seen.push(data))
  port.start?.()
  return { seen, post: (message) => port.postMessage(message) }
}

function attach(): { screen: Screen; detach: () => void } {
  const { port1, port2 } = new MessageChannel()
  return { screen: screenAt(port1), detach: serveScreen(node.bus, port2) }
}

const open = (
  call: string,
  changes: Record<string, JsonValue> = {},
  capability: Capability = own,
  input: JsonValue = { text: call },
): PortMessage => {
  const { from: _, ...request } = requestFor(world, capability, node, node, input)
  return { kind: 'open', call, message: { ...request, ...changes } }
}

const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await new Promise((resolve) => setImmediate(resolve))
}

describe('screens', () => {
  it('call many things at once over one port, two screens side by side', async () => {
    const [one, two] = [attach().screen, attach().screen]
    one.post(open('a'))
    one.post(open('b'))
    two.post(open('a'))
    await until(() => one.seen.length === 4 && two.seen.length === 2)
    for (const call of ['a', 'b']) {
      expect(one.seen.filter((message) => message.call === call)).toEqual([
        { kind: 'message', call, message: expect.objectContaining({ output: { text: call } }) },
        { kind: 'end', call },
      ])
    }
  })

  it('need not say who they are, but may not be another node (BUS-3)', async () => {
    const other = await world.node(2)
    const { screen } = attach()
    screen.post(open('mine', { from: node.nodeId }))
    screen.post(open('not mine', { from: other.nodeId }))
    screen.post(open('rubbish', { capability: 7 }))
    await until(() => screen.seen.length === 6)
    const codes = screen.seen.flatMap((message) =>
      message.kind === 'message' ? (/"code":"(\w+)"/.exec(JSON.stringify(message))?.[1] ?? 'ok') : [],
    )
    expect(codes.sort()).toEqual(['bad_request', 'invalid_signature', 'ok'])
  })

  it('are served before there is an identity', async () => {
    const nobody = (): null => null
    const runtime = createSeededRuntime(1)
    const bus = createBus(runtime, {
      self: nobody,
      community: nobody,
      levelOf: () => 'unknown',
      isDisabled: () => false,
      open: () => Promise.reject(new TypeError('nobody to call')),
      providers: () => [],
      isTokenHonoured: () => false,
    })
    bus.handle(own, async (_, { caller }) => ({ text: JSON.stringify(caller) }))
    const { port1, port2 } = new MessageChannel()
    serveScreen(bus, port2)
    const screen = screenAt(port1)
    screen.post(open('first', { timestamp: wireTime(runtime.now()) }))
    await until(() => screen.seen.length === 2)
    expect(screen.seen[0]).toMatchObject({ message: { output: { text: '{"nodeId":null,"level":"self"}' } } })
  })

  it('that go away end their calls and streams', async () => {
    node.bus.handleStream(counting, async function* ({ to }) {
      for (let n = 0; n < to; n++) yield { n }
      return { counted: to }
    })
    const { screen, detach } = attach()
    screen.post(open('slow'))
    screen.post(open('stream', {}, counting, { to: 1000 }))
    await until(() => screen.seen.length === 16)
    expect(node.bus.load()).toBe(2)
    detach()
    await world.runtime.settle()
    expect(node.bus.load()).toBe(0)
    expect(screen.seen).toHaveLength(16)
  })
})

describe('the port broker', () => {
  it('serves a tab that asks, once, and lets go when its lock is free', async () => {
    const shared = new MessageChannel()
    const tab = new MessageChannel()
    const freed = new Map<string, () => void>()
    const opened: string[] = []
    const platform: BrokerPlatform = {
      openShared: () => Object.assign(shared.port2, {}),
      openChannel(name) {
        opened.push(name)
        return tab.port2
      },
      whenFree: (lock) => new Promise((resolve) => freed.set(lock, resolve)),
    }
    shared.port2.start()
    const answers: unknown[] = []
    shared.port1.addEventListener('message', ({ data }) => answers.push(data))
    shared.port1.start()
    const stop = brokerPorts(node.bus, platform)
    shared.port1.postMessage({ kind: 'attach', channel: 'tab-1' })
    shared.port1.postMessage({ kind: 'attach', channel: 'tab-1' })
    const attached = { kind: 'attached', channel: 'tab-1' }
    await until(() => answers.length === 3)
    expect(answers).toEqual([{ kind: 'node-started' }, attached, attached])
    expect(opened).toEqual(['tab-1'])
    const screen = screenAt(tab.port1)
    screen.post(open('slow'))
    await until(() => node.bus.load() === 1)
    freed.get('tab-1')?.()
    await until(() => node.bus.load() === 0)
    stop()
  })
})
