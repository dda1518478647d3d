import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { createSeededRuntime, type SeededRuntime } from '../../../testing/seeded-runtime.ts'
import { createEther, type Ether, type Transmission } from '../ether.ts'
import type { FirmwareFaults } from '../simulated-firmware.ts'
import type { CableFaults, SimulatedCable } from '../simulated-port.ts'
import { createSimulatedStick, type SimulatedModel } from '../simulated-sticks.ts'
import type { Adapter, Heard, StickSession } from '../stick.ts'
import { AWKWARD, SETTINGS } from './settings.ts'

export interface Plugged {
  readonly cable: SimulatedCable
  readonly session: StickSession
  readonly heard: Heard[]
  losses: number
}

export interface StickBench {
  readonly runtime: SeededRuntime
  readonly ether: Ether
  readonly sent: Transmission[]
  plug(options?: {
    metres?: number
    faults?: FirmwareFaults
    cableFaults?: CableFaults
    model?: SimulatedModel
  }): SimulatedCable
  open(cable: SimulatedCable, as?: Adapter): Promise<Plugged>
  /** Lets the clock run until `task` is settled. */
  during<T>(task: Promise<T>): Promise<T>
}

const STEP_MS = 50
const LIMIT_MS = 60_000

export function createStickBench(adapter: Adapter, model: SimulatedModel): StickBench {
  const runtime = createSeededRuntime(29)
  const ether = createEther({ runtime })
  const sent: Transmission[] = []
  ether.onAir.on((transmission) => sent.push(transmission))

  async function during<T>(task: Promise<T>): Promise<T> {
    let settled = false
    const done = (): void => {
      settled = true
    }
    task.then(done, done)
    for (let waited = 0; !settled; waited += STEP_MS) {
      if (waited > LIMIT_MS) throw new Error('not settled within a minute')
      await runtime.advance(STEP_MS)
    }
    return task
  }

  return {
    runtime,
    ether,
    sent,
    during,
    plug({ metres = 0, faults, cableFaults, model: other = model } = {}) {
      const cable = createSimulatedStick({
        runtime,
        ether,
        model: other,
        position: { x: metres, y: 0 },
        ...(faults ? { faults } : {}),
        ...(cableFaults ? { cableFaults } : {}),
      })
      cable.plug()
      return cable
    },
    async open(cable, as = adapter) {
      await cable.port.open({ baudRate: as.baudRate })
      const heard: Heard[] = []
      const plugged = { cable, heard, losses: 0 }
      const session = await during(
        as.open(cable.port, {
          runtime,
          settings: SETTINGS,
          onHeard: (frame) => heard.push(frame),
          onLost: () => {
            plugged.losses++
          },
        }),
      )
      return Object.assign(plugged, { session })
    },
  }
}

const failure = (failing: Promise<unknown>): Promise<HearthError | 'none'> =>
  failing.then(
    () => 'none' as const,
    (error: unknown) => (error instanceof HearthError ? error : Promise.reject(error)),
  )

/** What every stick keeps (LOR-6), here against its simulated firmware. */
export function stickContract(name: string, adapter: Adapter, model: SimulatedModel, foreign: readonly SimulatedModel[]): void {
  describe(name, () => {
    let bench: StickBench
    let open: Plugged[]
    beforeEach(() => {
      bench = createStickBench(adapter, model)
      open = []
    })
    afterEach(async () => {
      for (const { session } of open) await bench.during(session.close())
    })

    async function opened(options?: Parameters<StickBench['plug']>[0]): Promise<Plugged> {
      const plugged = await bench.open(bench.plug(options))
      open.push(plugged)
      return plugged
    }

    it('tells its firmware and the settings that it echoed', async () => {
      const { session } = await opened()
      expect(session.firmware).not.toBe('')
      expect(session.settings).toEqual({ ...SETTINGS, preamble_symbols: model === 'meshtastic' ? 16 : 8 })
    })

    it('sends a frame byte for byte, once, and another stick hears it with its signal', async () => {
      const [near, far] = [await opened(), await opened({ metres: 1000 })]
      await bench.during(near.session.send(AWKWARD))
      await bench.runtime.advance(1_000)
      expect(bench.sent.filter(({ from }) => from === 1)).toHaveLength(1)
      expect(bench.sent[0]?.bytes.length).toBe(32 + near.session.overheadBytes)
      expect(far.heard.map(({ frame }) => [...frame])).toEqual([[...AWKWARD]])
      // 14 dBm less 129 dB at one kilometre, heard through -117 dBm of noise
      const [heard] = far.heard
      expect(heard?.rssiDbm).toBeGreaterThan(-118)
      expect(heard?.rssiDbm).toBeLessThan(-110)
      expect(heard?.snrDb).toBeGreaterThan(0)
      expect(heard?.snrDb).toBeLessThan(5)
      expect(near.heard).toEqual([])
    })

    it('hears nothing from out of range', async () => {
      const [near, far] = [await opened(), await opened({ metres: 30_000 })]
      await bench.during(near.session.send(AWKWARD))
      await bench.runtime.advance(1_000)
      expect(far.heard).toEqual([])
    })

    it('sends three frames 800 ms apart, as a call for help does (LOR-2)', async () => {
      const [near, far] = [await opened(), await opened({ metres: 500 })]
      for (let frame = 0; frame < 3; frame++) {
        const bytes = Uint8Array.from(AWKWARD)
        bytes[5] = frame
        const sending = near.session.send(bytes)
        await bench.runtime.advance(800)
        await bench.during(sending)
      }
      await bench.runtime.advance(1_000)
      expect(far.heard.map(({ frame }) => frame[5])).toEqual([0, 1, 2])
    })

    it('gets through when bytes come one at a time', async () => {
      const [near, far] = [
        await opened({ cableFaults: { pieces: 1 } }),
        await opened({ metres: 500, cableFaults: { pieces: 1 } }),
      ]
      await bench.during(near.session.send(AWKWARD))
      await bench.runtime.advance(1_000)
      expect(far.heard.map(({ frame }) => [...frame])).toEqual([[...AWKWARD]])
    })

    it('gets through noise and log text on the line', async () => {
      const noise = Uint8Array.from([
        0x94,
        0xff,
        0xdb,
        0x00,
        0x94,
        0xc3,
        0xff,
        0xff,
        ...new TextEncoder().encode('boot: 0x94\r\n'),
      ])
      const garble = (piece: Uint8Array): Uint8Array => Uint8Array.from([...noise, ...piece])
      const [near, far] = [await opened({ cableFaults: { garble } }), await opened({ metres: 500, cableFaults: { garble } })]
      await bench.during(near.session.send(AWKWARD))
      await bench.runtime.advance(2_000)
      expect(far.heard.map(({ frame }) => [...frame])).toEqual([[...AWKWARD]])
    })

    it('refuses a stick that takes other settings than it was given', async () => {
      const error = await failure(bench.open(bench.plug({ faults: { wrongEcho: wrongEchoOf(model) } })))
      expect(error).toMatchObject({ code: 'lora_hardware_unsupported', data: { problem: 'wrong_settings' } })
    })

    it('says so when nothing answers', async () => {
      const error = await failure(bench.open(bench.plug({ faults: { mute: true } })))
      expect(error).toMatchObject({ code: 'lora_hardware_unsupported', data: { problem: 'no_answer' } })
    })

    it.each(foreign)('refuses the firmware of %s, and puts nothing on the air (LOR-6)', async (other) => {
      const error = await failure(bench.open(bench.plug({ model: other })))
      expect(error).toMatchObject({ code: 'lora_hardware_unsupported' })
      await bench.runtime.advance(5_000)
      expect(bench.sent).toEqual([])
    })

    it('notices a pulled stick once, by the read error, and sends nothing after it', async () => {
      const plugged = await opened()
      plugged.cable.pull()
      await bench.runtime.settle()
      expect(plugged.losses).toBe(1)
      expect(await failure(bench.during(plugged.session.send(AWKWARD)))).toMatchObject({ code: 'lora_hardware_unavailable' })
      expect(bench.sent).toEqual([])
    })

    it('fails a frame that was cut on its way, and does not try it again by itself', async () => {
      const plugged = await opened()
      plugged.cable.pullAfter(20)
      expect(await failure(bench.during(plugged.session.send(AWKWARD)))).toMatchObject({ code: 'lora_hardware_unavailable' })
      await bench.runtime.advance(5_000)
      expect(bench.sent).toEqual([])
    })

    it('gives the port back when it is closed', async () => {
      const { session, cable } = await bench.open(bench.plug())
      await bench.during(session.close())
      await cable.port.close()
      await cable.port.open({ baudRate: adapter.baudRate })
      expect(cable.port.readable?.locked).toBe(false)
    })
  })
}

/** A command whose answer to get wrong. */
function wrongEchoOf(model: SimulatedModel): number {
  if (model === 'rnode') return 0x04
  if (model === 'meshcore') return 0x0b
  return 1
}
