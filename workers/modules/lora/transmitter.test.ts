import { describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { senderHashOf } from '#protocol/lora/frame.ts'
import { subBandOf } from '#protocol/lora/sub-bands.ts'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { createLedger, EMPTY_LEDGER, LedgerSchema } from './duty-cycle.ts'
import type { OwnChains } from './own-chain.ts'
import type { StickSession } from './stick.ts'
import { createPlainShelf, person, radio } from './testing/stations.ts'
import { createTransmitter, NEW_SENDER, SenderSchema } from './transmitter.ts'

const settings = radio()
const band = subBandOf('EU868', settings)
if (!band) throw new TypeError('869.525 MHz has a rule')

/** A stick with an account of its own. */
async function stick(answer: () => Promise<void> = async () => undefined) {
  const ledger = createLedger(runtime, await createPlainShelf().open('lora.ledger', LedgerSchema, EMPTY_LEDGER))
  const sent: Uint8Array[] = []
  const session: StickSession = {
    ...{ firmware: 'test', settings, overheadBytes: 0 },
    async send(frame) {
      await answer()
      sent.push(frame)
      return { airtimeMs: null }
    },
    close: async () => undefined,
  }
  return { session, ledger, sent }
}
type Stick = Awaited<ReturnType<typeof stick>>
const runtime = createSeededRuntime(1)
const unanchored: OwnChains = { provide: async () => undefined, isAnchored: () => false, seal: async () => null }

/** @param counted happens in the middle of a transmission: when the count of frames is written */
async function transmitting(at: () => Stick, counted: () => void = () => undefined) {
  const drawer = await createPlainShelf().open('lora.sender', SenderSchema, NEW_SENDER)
  return createTransmitter({
    ...{ runtime, selfHash: senderHashOf(person(1)), chains: unanchored },
    region: () => 'EU868',
    frames: () => 'v1',
    session: () => at().session,
    ledger: () => at().ledger,
    drawer: {
      get: drawer.get,
      async set(value) {
        await drawer.set(value)
        counted()
      },
    },
  })
}

const well = () => ({ panic: false, ok: true, gateway: false, low_battery: false })

describe('a transmission (LOR-1, LOR-11)', () => {
  it('is made by one stick and booked to its account, even where another one takes its place meanwhile', async () => {
    const [first, second] = [await stick(), await stick()]
    let now = first
    const transmitter = await transmitting(
      () => now,
      () => (now = second),
    )
    await transmitter.send('beacon', well, false)
    expect([first.sent.length, second.sent.length]).toEqual([1, 0])
    expect([first.ledger.usedMs(band) > 0, second.ledger.usedMs(band)]).toEqual([true, 0])
    await transmitter.send('beacon', well, false)
    expect([first.sent.length, second.sent.length]).toEqual([1, 1])
  })

  it('costs nothing where the stick says that it did not send, and costs its airtime where nobody knows', async () => {
    for (const [code, costs] of [
      ['lora_duty_cycle_exhausted', false],
      ['timeout', true],
    ] as const) {
      const one = await stick(async () => {
        throw new HearthError(code, 'the stick says so')
      })
      const transmitter = await transmitting(() => one)
      await expect(transmitter.send('beacon', well, false)).rejects.toMatchObject({ code })
      expect(one.ledger.usedMs(band) > 0, code).toBe(costs)
    }
  })
})
