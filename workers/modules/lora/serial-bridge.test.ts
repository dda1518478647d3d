import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import type { AdapterId } from '#protocol/lora/records.ts'
import type { SeededRuntime } from '../../testing/seeded-runtime.ts'
import { meshtastic } from './adapters/meshtastic.ts'
import { rnode } from './adapters/rnode.ts'
import { sx126x } from './adapters/sx126x.ts'
import { createEther, type Ether } from './ether.ts'
import { createSticks } from './serial-bridge.ts'
import type { SerialLike } from './serial-port.ts'
import type { SimulatedCable } from './simulated-port.ts'
import { createSimulatedSerial, createSimulatedStick, type SimulatedModel } from './simulated-sticks.ts'
import { createSimulatedVillage } from './simulated-village.ts'
import type { Adapter, Stick, StickChoice, Sticks } from './stick.ts'
import { createQuickRuntime } from './testing/quick-runtime.ts'
import { SETTINGS } from './testing/settings.ts'

const ADAPTERS: Readonly<Record<AdapterId, Adapter>> = { meshtastic, rfm95w: rnode, sx126x }
const BACK_WITHIN_MS = 2_000

let runtime: SeededRuntime
let ether: Ether
let open: Stick[]

beforeEach(() => {
  runtime = createQuickRuntime(6)
  ether = createEther({ runtime })
  open = []
})
afterEach(async () => {
  for (const stick of open) {
    const closing = stick.close()
    await runtime.advance(20_000)
    await closing
  }
})

const cableOf = (model: SimulatedModel, extra: { battery?: boolean; x?: number } = {}): SimulatedCable =>
  createSimulatedStick({ runtime, ether, model, position: { x: extra.x ?? 0, y: 0 }, battery: extra.battery ?? false })

function sticksAt(serial: SerialLike | null): Sticks {
  return createSticks({
    runtime,
    serial: async () => serial,
    adapter: async (id) => ADAPTERS[id],
    simulate: async (id, settings) => createSimulatedVillage({ runtime, adapter: ADAPTERS[id], settings }),
  })
}

function attach(serial: SerialLike | null, choice: Partial<StickChoice> = {}): Stick {
  const stick = sticksAt(serial).open({ adapter: 'rfm95w', portId: null, simulated: false, ...choice }, SETTINGS)
  open.push(stick)
  return stick
}

/** Lets the clock run until the stick is so. @returns milliseconds it took. */
async function until(holds: () => boolean, withinMs = 10_000): Promise<number> {
  const begun = runtime.monotonic()
  while (!holds()) {
    if (runtime.monotonic() - begun > withinMs) throw new Error('it never became so')
    await runtime.advance(10)
  }
  return runtime.monotonic() - begun
}
const ready = (stick: Stick) => (): boolean => stick.status().state === 'ready'

describe('an attached stick (LOR-6)', () => {
  it('waits for its port and is ready within 2 s of being plugged in, without being told', async () => {
    const cable = cableOf('rnode')
    // a platform without events of `connect`
    const serial: SerialLike = { getPorts: () => createSimulatedSerial([cable]).getPorts() }
    const stick = attach(serial)
    await runtime.advance(3_000)
    expect(stick.status()).toEqual({ state: 'waiting', problem: 'unplugged', session: null })
    cable.plug()
    expect(await until(ready(stick))).toBeLessThanOrEqual(BACK_WITHIN_MS)
    expect(stick.status().session?.settings).toEqual(SETTINGS)
  })

  it('is waiting as soon as it is pulled, and its session sends no more', async () => {
    const cable = cableOf('rnode')
    const serial = createSimulatedSerial([cable])
    serial.plug(cable)
    const stick = attach(serial)
    await until(ready(stick))
    const { session } = stick.status()
    serial.pull(cable)
    await runtime.settle()
    expect(stick.status()).toEqual({ state: 'waiting', problem: 'unplugged', session: null })
    await expect(session?.send(new Uint8Array(32))).rejects.toMatchObject({ code: 'lora_hardware_unavailable' })
  })

  it('says that its port is taken, and goes on when it is free', async () => {
    const cable = cableOf('rnode')
    const serial = createSimulatedSerial([cable])
    serial.plug(cable)
    const { port } = cable
    await port.open({ baudRate: 115_200 })
    const reader = port.readable?.getReader()
    const stick = attach(serial)
    await runtime.advance(2_000)
    expect(stick.status()).toMatchObject({ state: 'waiting', problem: 'port_taken' })
    reader?.releaseLock()
    await port.close()
    expect(await until(ready(stick))).toBeLessThanOrEqual(BACK_WITHIN_MS)
  })

  it('says that another firmware answers there, and takes the right one when it is plugged in instead', async () => {
    const [wrong, right] = [cableOf('meshtastic'), cableOf('rnode')]
    const serial = createSimulatedSerial([wrong, right])
    serial.plug(wrong)
    const stick = attach(serial)
    await until(() => stick.status().state === 'unsupported')
    expect(stick.status().problem).toBe('no_answer')
    serial.pull(wrong)
    serial.plug(right)
    expect(await until(ready(stick))).toBeLessThanOrEqual(BACK_WITHIN_MS)
  })

  it('says what is missing where there is no serial port, or no leave to use one', async () => {
    const none = attach(null)
    const forbidden = attach({ getPorts: () => Promise.reject(new DOMException('no', 'SecurityError')) })
    await runtime.advance(1_000)
    expect(none.status()).toMatchObject({ state: 'waiting', problem: 'no_serial' })
    expect(forbidden.status()).toMatchObject({ state: 'waiting', problem: 'permission_missing' })
  })

  it('keeps to the port that was chosen, whatever order they come back in', async () => {
    const [rnodeCable, coreCable] = [cableOf('rnode'), cableOf('meshcore')]
    const serial = createSimulatedSerial([rnodeCable, coreCable])
    serial.plug(rnodeCable)
    serial.plug(coreCable)
    const ports = await sticksAt(serial).ports()
    expect(ports.map(({ portId, likely }) => [portId, likely])).toEqual([
      ['10c4:ea60#1', null],
      ['303a:1001#1', null],
    ])
    const stick = attach(serial, { adapter: 'sx126x', portId: '303a:1001#1' })
    await until(ready(stick))
    serial.pull(coreCable)
    await runtime.advance(1_000)
    expect(stick.status().problem).toBe('unplugged')
    serial.pull(rnodeCable)
    serial.plug(coreCable)
    expect(await until(ready(stick))).toBeLessThanOrEqual(BACK_WITHIN_MS)
  })

  it('begins anew when the stick restarts by itself', async () => {
    const cable = cableOf('meshtastic')
    const serial = createSimulatedSerial([cable])
    serial.plug(cable)
    const stick = attach(serial, { adapter: 'meshtastic' })
    await until(ready(stick))
    const { session } = stick.status()
    // FromRadio.rebooted
    cable.say(Uint8Array.from([0x94, 0xc3, 0x00, 0x02, 0x40, 0x01]))
    await until(() => stick.status().session !== session)
    expect(await until(ready(stick))).toBeLessThanOrEqual(BACK_WITHIN_MS)
  })

  it('gives the port back for good when it is detached', async () => {
    const cable = cableOf('rnode')
    const serial = createSimulatedSerial([cable])
    serial.plug(cable)
    const stick = sticksAt(serial).open({ adapter: 'rfm95w', portId: null, simulated: false }, SETTINGS)
    await until(ready(stick))
    const closing = stick.close()
    await runtime.advance(1_000)
    await closing
    await cable.port.open({ baudRate: 115_200 })
    expect(cable.port.readable?.locked).toBe(false)
  })

  it('leaves nothing behind for each time it was pulled: twenty times are as one', async () => {
    const cable = cableOf('rnode')
    const serial = createSimulatedSerial([cable])
    const asked: AbortSignal[] = []
    const sticks = createSticks({
      runtime,
      serial: async () => serial,
      adapter: async () => ({
        ...rnode,
        open(streams, options) {
          if (options.signal) asked.push(options.signal)
          return rnode.open(streams, options)
        },
      }),
      simulate: async (id, settings) => createSimulatedVillage({ runtime, adapter: ADAPTERS[id], settings }),
    })
    serial.plug(cable)
    const stick = sticks.open({ adapter: 'rfm95w', portId: null, simulated: false }, SETTINGS)
    open.push(stick)
    const listeners: number[] = []
    for (let time = 0; time < 20; time++) {
      await until(ready(stick))
      listeners.push(...new Set(asked.map((signal) => getEventListeners(signal, 'abort').length)))
      serial.pull(cable)
      await until(() => !ready(stick)())
      serial.plug(cable)
    }
    expect(asked.length).toBe(20)
    expect(listeners).toEqual(Array(20).fill(1))
  })

  it('is let go of at once while it is still being asked who it is', async () => {
    const cable = createSimulatedStick({ runtime, ether, model: 'rnode', faults: { mute: true } })
    const serial = createSimulatedSerial([cable])
    serial.plug(cable)
    const stick = sticksAt(serial).open({ adapter: 'rfm95w', portId: null, simulated: false }, SETTINGS)
    await until(() => stick.status().state === 'opening')
    let closed = false
    const closing = stick.close().then(() => {
      closed = true
    })
    await runtime.settle()
    await runtime.settle()
    expect(closed).toBe(true)
    await closing
    await cable.port.open({ baudRate: 115_200 })
  })

  it('can be simulated, with neighbours who are heard', async () => {
    const stick = attach(null, { adapter: 'meshtastic', simulated: true })
    const frames: Uint8Array[] = []
    stick.heard.on(({ frame }) => frames.push(frame))
    expect(await until(ready(stick))).toBeLessThanOrEqual(BACK_WITHIN_MS)
    await runtime.advance(90_000)
    expect(new Set(frames.map((frame) => frame.subarray(1, 5).join())).size).toBeGreaterThanOrEqual(3)
    expect(frames.every(({ length }) => length === 32)).toBe(true)
  })
})

interface Trial {
  /** From plugging it in to the next beacon on the air. */
  readonly backMs: number
  /** Times that each of our frames was on the air. */
  readonly times: readonly number[]
  readonly heard: readonly Uint8Array[]
  readonly bytes: number
}

/** What a neighbour sends while we are at it, so that the cut can fall into something heard, too. */
const NEIGHBOURS = Uint8Array.from({ length: 32 }, (_, at) => [0xc0, 0xdb, 0x94, 0xc3][at % 4] ?? 0)

function neighbour(model: SimulatedModel): () => void {
  const antenna = ether.join({ x: 300, y: 0 }, () => undefined)
  const isMeshtastic = model === 'meshtastic'
  antenna.tune({
    frequencyHz: SETTINGS.frequency_hz,
    bandwidthHz: SETTINGS.bandwidth_hz,
    spreadingFactor: SETTINGS.spreading_factor,
    codingRate: SETTINGS.coding_rate,
    preambleSymbols: isMeshtastic ? 16 : 8,
    syncWord: isMeshtastic ? 0x2b : 0x12,
  })
  let count = 0
  return () => {
    // to everybody, from 7, with another number each time, no hops; port 256 and the payload
    const header = [255, 255, 255, 255, 7, 0, 0, 0, ++count & 0xff, count >> 8, 0, 0, 0, 0, 0, 0, 0x08, 0x80, 0x02, 0x12, 32]
    antenna.transmit(isMeshtastic ? Uint8Array.from([...header, ...NEIGHBOURS]) : NEIGHBOURS, 14)
  }
}

/** A session that is cut after `offset` bytes, in the middle of whatever that is, and goes on when it is plugged in again. */
async function cutAt(model: SimulatedModel, adapter: AdapterId, offset: number, battery: boolean): Promise<Trial> {
  runtime = createQuickRuntime(offset + 1)
  ether = createEther({ runtime })
  const cable = cableOf(model, { battery })
  const serial: SerialLike = { getPorts: () => createSimulatedSerial([cable]).getPorts() }
  const times = new Map<number, number>()
  const begins: number[] = []
  ether.onAir.on(({ bytes, begins: at, from }) => {
    if (from !== 1) return
    begins.push(at)
    // the frame's number lies behind what Meshtastic puts before it
    const number = bytes[model === 'meshtastic' ? 16 + 5 : 0] ?? -1
    times.set(number, (times.get(number) ?? 0) + 1)
  })
  const stick = sticksAt(serial).open({ adapter, portId: null, simulated: false }, SETTINGS)
  let number = 0
  let sending = false
  /** As the service does: every frame has its number and is tried once. */
  const beacon = async (): Promise<void> => {
    const { session } = stick.status()
    if (!session || sending) return
    sending = true
    await session.send(new Uint8Array(32).fill(number++)).catch((error: unknown) => {
      if (!(error instanceof HearthError)) throw error
    })
    sending = false
  }
  stick.changed.on(() => void beacon())
  const heard: Uint8Array[] = []
  stick.heard.on(({ frame }) => heard.push(frame))
  const speak = neighbour(model)

  cable.plug()
  cable.pullAfter(offset)
  for (let step = 0; cable.plugged && step < 60; step++) {
    await runtime.advance(1_000)
    if (step % 2 === 0) void beacon()
    else speak()
  }
  const bytes = cable.carried
  await runtime.advance(1_000)
  const plugged = runtime.monotonic()
  // nobody says that it is back: it has to be looked for
  cable.plug()
  while (!begins.some((at) => at >= plugged) && runtime.monotonic() - plugged < 10_000) await runtime.advance(20)
  const backMs = Math.min(...begins.filter((at) => at >= plugged)) - plugged
  await runtime.advance(5_000)
  const closing = stick.close()
  await runtime.advance(10_000)
  await closing
  return { backMs, times: [...times.values()], heard, bytes }
}

/** As many places as take a session through its start and on to beacons, sent and heard. */
const CASES = [
  ['meshtastic', 'meshtastic', 1_000],
  ['rnode', 'rfm95w', 1_000],
  ['meshcore', 'sx126x', 1_500],
  ['rui3', 'sx126x', 1_500],
] as const

describe.each(CASES)('a %s stick that is pulled in the middle of a byte stream (LOR-6)', (model, adapter, places) => {
  it(`beacons again within 2 s of being plugged in, and sends nothing twice, for ${places} places`, async () => {
    let reached = 0
    let heardInAll = 0
    for (let offset = 1; offset <= places; offset++) {
      // every second one has a battery, and keeps half of what it was told
      const { backMs, times, heard, bytes } = await cutAt(model, adapter, offset, offset % 2 === 0)
      expect(backMs, `cut after ${offset} bytes`).toBeLessThanOrEqual(BACK_WITHIN_MS)
      expect(
        times.every((count) => count === 1),
        `cut after ${offset} bytes`,
      ).toBe(true)
      expect(
        heard.every((frame) => Buffer.compare(frame, NEIGHBOURS) === 0),
        `cut after ${offset} bytes`,
      ).toBe(true)
      reached = Math.max(reached, bytes)
      heardInAll += heard.length
    }
    expect(reached).toBe(places)
    expect(heardInAll).toBeGreaterThan(0)
  }, 300_000)
})
