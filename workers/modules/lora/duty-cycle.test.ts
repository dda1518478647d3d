import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { subBandOf } from '#protocol/lora/sub-bands.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { createLedger, EMPTY_LEDGER, type Ledger, LedgerSchema } from './duty-cycle.ts'
import { createPlainShelf, radio } from './testing/stations.ts'

const band = subBandOf('EU868', radio({ frequency_hz: 868_300_000 }))
if (!band) throw new TypeError('868.3 MHz has a rule')
const other = subBandOf('EU868', radio())
if (!other) throw new TypeError('869.525 MHz has a rule')

/** A runtime whose two clocks the test sets. */
function clocks() {
  const at = { wall: 1_800_000_000_000, monotonic: 0 }
  const runtime: Runtime = { ...createSeededRuntime(1), now: () => at.wall, monotonic: () => at.monotonic }
  return {
    runtime,
    pass(ms: number) {
      at.wall += ms
      at.monotonic += ms
    },
    /** Somebody sets the clock of the device. */
    set(ms: number) {
      at.wall += ms
    },
    monotonic: () => at.monotonic,
  }
}

const open = async (runtime: Runtime, shelf = createPlainShelf()): Promise<Ledger> =>
  createLedger(runtime, await shelf.open('lora.ledger', LedgerSchema, EMPTY_LEDGER))

describe('the ledger of airtime (LOR-1)', () => {
  it('never lets a sliding hour hold more than its limit, however often and however long somebody sends', async () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 1_200_000 }), fc.integer({ min: 50, max: 9000 })), {
      maxLength: 60,
    })
    await fc.assert(
      fc.asyncProperty(steps, async (tries) => {
        const { runtime, pass, monotonic } = clocks()
        const ledger = await open(runtime)
        const sent: { at: number; ms: number }[] = []
        for (const [wait, ms] of tries) {
          pass(wait)
          if (ledger.mayAt(band, ms) > runtime.now()) continue
          await ledger.reserve(band, ms, 'beacon', false)
          sent.push({ at: monotonic(), ms })
        }
        for (const { at } of sent) {
          const used = sent.filter((one) => one.at <= at && one.at > at - 3_600_000).reduce((sum, { ms }) => sum + ms, 0)
          expect(used).toBeLessThanOrEqual(band.limitMs)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('says when the next frame may go, and it may then and not a moment before', async () => {
    const { runtime, pass } = clocks()
    const ledger = await open(runtime)
    for (let at = 0; at < 10; at++) {
      await ledger.reserve(band, 3600, 'beacon', false)
      pass(60_000)
    }
    const mayAt = ledger.mayAt(band, 3600)
    pass(mayAt - runtime.now() - 1)
    expect(ledger.mayAt(band, 3600)).toBe(runtime.now() + 1)
    pass(1)
    expect(ledger.mayAt(band, 3600)).toBe(runtime.now())
    expect(ledger.mayAt(band, 36_001)).toBe(Number.POSITIVE_INFINITY)
    expect(ledger.mayAt(other, 3600)).toBe(runtime.now())
  })

  it('goes on where it was after a restart, and a clock that is set neither way frees anything', async () => {
    const { runtime, pass, set } = clocks()
    const shelf = createPlainShelf()
    const first = await open(runtime, shelf)
    await first.reserve(band, 36_000, 'beacon', false)
    set(7_200_000)
    expect(first.mayAt(band, 100)).toBeGreaterThan(runtime.now())
    set(-14_400_000)
    const second = await open(runtime, shelf)
    // sent in what is now the future: it counts as sent now
    expect(second.usedMs(band)).toBe(36_000)
    pass(3_599_999)
    expect(second.usedMs(band)).toBe(36_000)
    pass(1)
    expect(second.usedMs(band)).toBe(0)
  })

  it('gives back what a stick says it did not send, and takes more where it took longer', async () => {
    const { runtime } = clocks()
    const ledger = await open(runtime)
    const reservation = await ledger.reserve(band, 1000, 'beacon', false)
    await reservation.settle(900)
    expect(ledger.usedMs(band)).toBe(1000)
    await reservation.settle(1500)
    expect(ledger.usedMs(band)).toBe(1500)
    await reservation.release()
    expect(ledger.usedMs(band)).toBe(0)
  })

  it('stays small and loses no airtime when thousands of frames go within an hour', async () => {
    const { runtime, pass } = clocks()
    const ledger = await open(runtime)
    for (let at = 0; at < 600; at++) {
      await ledger.reserve(other, 72, 'beacon', false)
      pass(100)
    }
    expect(ledger.sent().length).toBeLessThanOrEqual(512)
    expect(ledger.usedMs(other)).toBe(600 * 72)
  })
})
