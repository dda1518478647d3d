import { describe, expect, it } from 'vitest'
import { AWKWARD } from '../testing/settings.ts'
import { createStickBench, stickContract } from '../testing/stick.contract.ts'
import { meshtastic } from './meshtastic.ts'
import { LoRaConfig } from './meshtastic-messages.ts'
import { rnode } from './rnode.ts'
import { COMMAND } from './rnode-commands.ts'
import { sx126x } from './sx126x.ts'

stickContract('the adapter of Meshtastic', meshtastic, 'meshtastic', ['rnode', 'meshcore', 'rui3'])
stickContract('the adapter of RNode', rnode, 'rnode', ['meshtastic', 'meshcore', 'rui3'])
stickContract('the adapter of MeshCore KISS modems', sx126x, 'meshcore', ['meshtastic', 'rnode'])
stickContract('the adapter of RUI3 modules', sx126x, 'rui3', ['meshtastic', 'rnode'])

describe('sticks of different kinds', () => {
  it('hear one another where they send plain frames (LOR-1)', async () => {
    const bench = createStickBench(rnode, 'rnode')
    const sticks = [
      await bench.open(bench.plug()),
      await bench.open(bench.plug({ model: 'meshcore', metres: 300 }), sx126x),
      await bench.open(bench.plug({ model: 'rui3', metres: 600 }), sx126x),
    ]
    for (const { session } of sticks) {
      await bench.during(session.send(AWKWARD))
      await bench.runtime.advance(1_000)
    }
    for (const { heard } of sticks) expect(heard.map(({ frame }) => [...frame])).toEqual([[...AWKWARD], [...AWKWARD]])
    expect(bench.sent.map(({ bytes }) => bytes.length)).toEqual([32, 32, 32])
  })
})

describe('RNode', () => {
  const open = (faults: Parameters<ReturnType<typeof createStickBench>['plug']>[0]) => {
    const bench = createStickBench(rnode, 'rnode')
    return bench.open(bench.plug(faults))
  }

  it('is refused where it keeps a limit of its own that holds frames back without a word (LOR-1)', async () => {
    const opening = open({ faults: { wrongEcho: COMMAND.longTermAirtime } })
    await expect(opening).rejects.toMatchObject({ data: { problem: 'wrong_settings', setting: 'airtime' } })
  })

  it('is used where its firmware is older than that limit, and says nothing about it', async () => {
    const { session } = await open({ faults: { unknownCommand: COMMAND.longTermAirtime } })
    expect(session.firmware).toBe('RNode 1.74')
  })
})

describe('Meshtastic', () => {
  it('tells a duty cycle that it keeps itself (LOR-1)', async () => {
    const bench = createStickBench(meshtastic, 'meshtastic')
    const { session } = await bench.open(bench.plug({ faults: { dutyCycle: 0.0001 } }))
    await bench.during(session.send(AWKWARD))
    await bench.runtime.advance(1_000)
    await expect(bench.during(session.send(AWKWARD))).rejects.toMatchObject({ code: 'lora_duty_cycle_exhausted' })
    expect(bench.sent).toHaveLength(1)
  })

  it('passes a frame on beyond its own range, without the signal of whoever passed it on', async () => {
    const bench = createStickBench(meshtastic, 'meshtastic')
    const [near, , far] = [
      await bench.open(bench.plug()),
      await bench.open(bench.plug({ metres: 3_000 })),
      await bench.open(bench.plug({ metres: 6_000 })),
    ]
    await bench.during(near.session.send(AWKWARD))
    await bench.runtime.advance(10_000)
    expect(far.heard).toEqual([{ frame: AWKWARD, rssiDbm: null, snrDb: null }])
    expect(near.heard).toEqual([])
  })

  it('keeps settings of the stick that it does not know', async () => {
    const lora = LoRaConfig.decode(Uint8Array.from([0x08, 0x01, 0xc0, 0x06, 0x01]))
    expect([...LoRaConfig.encode({ ...lora, usePreset: false })]).toEqual([0x08, 0x00, 0xc0, 0x06, 0x01])
  })
})
