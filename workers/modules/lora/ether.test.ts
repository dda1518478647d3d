import { describe, expect, it } from 'vitest'
import { createEther, type EtherOptions, type HeardFrame, type Tuning } from './ether.ts'
import { demodulates, noiseFloorDbm, pathLossDb, survives } from './ether-physics.ts'
import { createQuickRuntime } from './testing/quick-runtime.ts'

const TUNING: Tuning = {
  frequencyHz: 868_100_000,
  bandwidthHz: 125_000,
  spreadingFactor: 9,
  codingRate: 5,
  preambleSymbols: 8,
  syncWord: 0x12,
}
const FRAME = new Uint8Array(32).fill(7)
/** Of 32 bytes at SF9 (LOR-1). */
const AIRTIME_MS = 246.784

function air(seed = 1, options: Omit<EtherOptions, 'runtime'> = {}) {
  const runtime = createQuickRuntime(seed)
  const ether = createEther({ runtime, ...options })
  const at = (metres: number, tuning: Tuning | null = TUNING) => {
    const heard: HeardFrame[] = []
    const antenna = ether.join({ x: metres, y: 0 }, (frame) => heard.push(frame))
    antenna.tune(tuning)
    return { antenna, heard }
  }
  return { runtime, ether, at }
}

describe('the air', () => {
  it('carries a frame for as long as its airtime and gives it to everyone in range (LOR-1)', async () => {
    const { runtime, at } = air()
    const [from, near, far] = [at(0), at(500), at(20_000)]
    expect(from.antenna.transmit(FRAME, 14)).toBeCloseTo(AIRTIME_MS, 6)
    await runtime.advance(246)
    expect(near.heard).toEqual([])
    expect(near.antenna.isBusy()).toBe(true)
    await runtime.advance(1)
    expect(near.heard.map(({ bytes }) => [...bytes])).toEqual([[...FRAME]])
    expect(near.antenna.isBusy()).toBe(false)
    expect(far.heard).toEqual([])
    expect(from.heard).toEqual([])
  })

  it('is weaker with distance, in signal and in its ratio to noise, until nothing is heard', async () => {
    const { runtime, at } = air()
    const from = at(0)
    const listeners = [100, 300, 1_000, 3_000, 10_000].map((metres) => at(metres))
    from.antenna.transmit(FRAME, 14)
    await runtime.advance(300)
    const values = listeners.flatMap(({ heard }) => heard.map(({ rssiDbm, snrDb }) => [rssiDbm, snrDb]))
    expect(values).toEqual([...values].sort(([one = 0], [other = 0]) => other - one))
    expect(values.length).toBe(4)
    expect(values.at(-1)?.[1]).toBeLessThan(0)
  })

  it.each([
    ['another frequency', { frequencyHz: 869_525_000 }],
    ['another spreading factor', { spreadingFactor: 10 }],
    ['another bandwidth', { bandwidthHz: 250_000 }],
    ['another network', { syncWord: 0x2b }],
  ])('is not heard with %s', async (_, change) => {
    const { runtime, at } = air()
    const [from, other] = [at(0), at(100, { ...TUNING, ...change })]
    from.antenna.transmit(FRAME, 14)
    await runtime.advance(300)
    expect(other.heard).toEqual([])
  })

  it('loses both of two frames that overlap and are about as strong', async () => {
    const { runtime, at } = air()
    const [one, other, between] = [at(0), at(1_000), at(500)]
    one.antenna.transmit(FRAME, 14)
    await runtime.advance(200)
    other.antenna.transmit(FRAME, 14)
    await runtime.advance(500)
    expect(between.heard).toEqual([])
  })

  it('keeps the stronger of two by capture', async () => {
    const { runtime, at } = air()
    const [near, distant, listener] = [at(100), at(2_000), at(0)]
    distant.antenna.transmit(
      FRAME.map(() => 1),
      14,
    )
    near.antenna.transmit(
      FRAME.map(() => 2),
      14,
    )
    await runtime.advance(500)
    expect(listener.heard.map(({ bytes }) => bytes[0])).toEqual([2])
  })

  it('lets frames of other spreading factors pass beside each other', async () => {
    const { runtime, at } = air()
    const [one, other, listener] = [at(400), at(600, { ...TUNING, spreadingFactor: 12 }), at(500)]
    one.antenna.transmit(FRAME, 14)
    other.antenna.transmit(FRAME, 14)
    await runtime.advance(500)
    expect(listener.heard).toHaveLength(1)
  })

  it('has nobody hear while sending, nor who began to listen in the middle', async () => {
    const { runtime, at } = air()
    const [from, sender, late] = [at(0), at(50), at(60, null)]
    from.antenna.transmit(FRAME, 14)
    await runtime.advance(10)
    sender.antenna.transmit(FRAME, -9)
    late.antenna.tune(TUNING)
    await runtime.advance(500)
    expect(sender.heard).toEqual([])
    expect(late.heard).toEqual([])
  })

  it('is the same for the same seed, with hills and losses, and another for another', async () => {
    const run = async (seed: number): Promise<string> => {
      const { runtime, at } = air(seed, { loss: 0.3, shadowingDb: 8 })
      const from = at(0)
      const listeners = [900, 1_500, 2_500, 4_000].map((metres) => at(metres))
      for (let frame = 0; frame < 20; frame++) {
        from.antenna.transmit(FRAME, 14)
        await runtime.advance(1_000)
      }
      return JSON.stringify(listeners.map(({ heard }) => heard.map(({ rssiDbm }) => rssiDbm)))
    }
    expect(await run(3)).toBe(await run(3))
    expect(await run(3)).not.toBe(await run(4))
  })
})

describe('the physics', () => {
  it('has the measured loss at a kilometre, and thermal noise', () => {
    expect(pathLossDb(1_000, 868e6)).toBeCloseTo(128.95, 6)
    expect(pathLossDb(10_000, 868e6) - pathLossDb(1_000, 868e6)).toBeCloseTo(23.2, 6)
    expect(noiseFloorDbm(125_000)).toBeCloseTo(-117.03, 2)
  })

  it('needs less signal with each spreading factor', () => {
    expect(
      [7, 8, 9, 10, 11, 12].map(
        (factor) => [-7.5, -10, -12.5, -15, -17.5, -20].filter((snr) => demodulates(snr, factor)).length,
      ),
    ).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('captures at 6 dB over its own kind', () => {
    expect(survives(-100, [{ dbm: -106, sameFactor: true }])).toBe(true)
    expect(survives(-100, [{ dbm: -105, sameFactor: true }])).toBe(false)
    expect(survives(-100, [{ dbm: -84, sameFactor: false }])).toBe(true)
    expect(survives(-100, [{ dbm: -83, sameFactor: false }])).toBe(false)
  })
})
