import { describe, expect, it } from 'vitest'
import { configSet } from '#protocol/config/capabilities.ts'
import type { ConfigPatch } from '#protocol/core/config.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { eventsList } from '#protocol/events/capabilities.ts'
import {
  batteryReport,
  beaconSend,
  dutyCycle,
  loraStatus,
  panicCancel,
  panicSend,
  peerDecide,
  peerList,
  peerVerify,
  presenceFollow,
  recentBeacons,
  stickAttach,
  stickDetach,
  stickList,
  stickTest,
} from '#protocol/lora/capabilities.ts'
import { contract } from '#protocol/lora/contract.ts'
import { chainAnchored, panicEnded, panicSent } from '#protocol/lora/events.ts'
import { decodeFrame, encodeFrame, senderHashOf } from '#protocol/lora/frame.ts'
import { defineWorkerModule } from '../../kernel/modules.ts'
import { createVillage, type Villager } from '../../testing/village.ts'
import { serveLora } from './service.ts'
import { type Air, createAir } from './testing/air-sticks.ts'
import { person } from './testing/stations.ts'

const STICK = { adapter: 'rfm95w', port_id: null, simulated: false } as const

/** Whole nodes with the radio switched on, and the air between their sticks. */
async function settle(seed: number, names: readonly string[], lora: ConfigPatch['lora'] = {}) {
  const airs: Air[] = []
  const village = createVillage(seed, (runtime) => {
    const air = createAir(runtime)
    airs.push(air)
    const module = defineWorkerModule({
      contract,
      needs: ['bus', 'runtime', 'signer', 'config', 'shelf', 'notify', 'log', 'views', 'members', 'publish'],
      start: (deps) => serveLora({ ...deps, sticks: air.sticks() }),
    })
    return [{ contract, load: async () => module }]
  })
  const villagers = await village.settle(...names)
  for (const { node } of villagers) await node.bus.call(configSet, { lora: { enabled: true, ...lora } })
  const [air] = airs
  if (!air) throw new TypeError('a village has its air')
  const attach = async (one: Villager) => {
    await village.during(one.node.bus.call(stickAttach, STICK))
  }
  return { village, villagers, air, attach, minutes: (count: number) => village.runtime.advance(count * 60_000) }
}

const codeOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call
    return 'ok'
  } catch (error) {
    return error instanceof HearthError ? error.code : String(error)
  }
}

const eventTypes = async ({ node }: Villager): Promise<readonly string[]> =>
  (await node.bus.call(eventsList, { limit: 100 })).events.map(({ event }) => event.event_type)

describe('a radio in a village (M29)', () => {
  it('is unavailable without a stick, and nothing else fails (LOR-6)', async () => {
    const { villagers } = await settle(1, ['Anna'])
    const [anna] = villagers
    if (!anna) throw new TypeError('Anna is there')
    const { bus } = anna.node
    expect(await bus.call(loraStatus, {})).toMatchObject({ state: 'unavailable', stick: { state: 'none' }, budget: null })
    expect(await codeOf(bus.call(beaconSend, { ok: false }))).toBe('lora_hardware_unavailable')
    expect(await codeOf(bus.call(panicSend, {}))).toBe('lora_hardware_unavailable')
    expect((await bus.call(peerList, {})).peers).toEqual([])
    expect((await bus.call(recentBeacons, { limit: 5 })).beacons).toEqual([])
    expect((await bus.call(stickList, {})).attached).toBeNull()
    expect((await bus.call(stickTest, {})).steps.map(({ outcome }) => outcome)).toEqual([
      'failed',
      'skipped',
      'skipped',
      'skipped',
    ])
    expect(await bus.call(dutyCycle, {})).toMatchObject({ region: 'EU868', sent: [] })
  })

  it('two who never spoke on the air prove each other with their second beacon, and a person confirms (LOR-3, LOR-7)', async () => {
    const { village, villagers, attach, minutes } = await settle(2, ['Anna', 'Bert'])
    const [anna, bert] = villagers
    if (!anna || !bert) throw new TypeError('both are there')
    const berts = senderHashOf(bert.id)
    await attach(anna)
    await attach(bert)
    await village.until('both anchors are with both', async () => {
      const logs = await Promise.all(villagers.map(eventTypes))
      return logs.every((types) => types.filter((type) => type === chainAnchored.type).length === 2)
    })
    await minutes(1)
    const [first] = (await anna.node.bus.call(peerList, {})).peers
    expect(first).toMatchObject({
      sender_hash: berts,
      state: 'candidate',
      node_id: bert.id,
      display_name: 'Bert',
      version: 2,
      proof: 'pending',
      anchored: true,
      rssi_dbm: -90,
      snr_db: 6,
    })

    const present: unknown[] = []
    const watching = new AbortController()
    const followed = (async () => {
      for await (const frame of anna.node.bus.stream(presenceFollow, {}, { signal: watching.signal })) present.push(frame)
    })().catch((reason: unknown) => reason)
    await anna.node.bus.call(peerVerify, { sender_hash: berts, node_id: bert.id })
    await minutes(12)
    const { beacons } = await anna.node.bus.call(recentBeacons, { limit: 10 })
    expect(beacons.map(({ proof }) => proof)).toEqual(['pending', 'proven'])
    expect(beacons[1]).toMatchObject({ node_id: bert.id, state: 'confirmed', doubt: null })
    expect(present).toEqual([
      expect.objectContaining({ node_id: bert.id, flags: { panic: false, ok: false, gateway: true, low_battery: false } }),
    ])
    watching.abort()
    await followed

    // the mesh tells Bert that Anna heard him
    const status = await bert.node.bus.call(loraStatus, {})
    expect(status.heard_by).toEqual([expect.objectContaining({ node_id: anna.id, display_name: 'Anna', rssi_dbm: -90 })])
    expect(status).toMatchObject({ state: 'ready', anchored: true, hearing: 1, counts: { forged: 0, malformed: 0 } })
    expect(status.budget).toMatchObject({ sub_band: '869.4-869.65', limit_ms: 360_000, next_at: null })
  })

  it('a call for help is three frames 800 ms apart, proven at once, in the log, and over when its sender says so (LOR-2, LOR-4)', async () => {
    const { village, villagers, air, attach, minutes } = await settle(3, ['Anna', 'Bert'])
    const [anna, bert] = villagers
    if (!anna || !bert) throw new TypeError('both are there')
    await attach(anna)
    await attach(bert)
    await minutes(1)
    const before = air.sent.length
    const answer = await bert.node.bus.call(panicSend, {})
    expect(answer.overridden).toBe(false)
    await village.runtime.advance(10_000)
    const burst = air.sent.slice(before)
    expect(burst).toHaveLength(3)
    expect(burst.every(({ frame }) => decodeFrame(frame).flags.panic)).toBe(true)
    const gaps = burst.slice(1).map(({ at }, index) => at - (burst[index]?.at ?? 0))
    for (const gap of gaps) expect(gap).toBeCloseTo(452.608 + 800, -1)

    const shown = async () => (await anna.node.bus.call(loraStatus, {})).panics
    expect(await shown()).toEqual([
      expect.objectContaining({ node_id: bert.id, proof: 'proven', over: 'no', via: 'radio', state: 'candidate' }),
    ])
    await village.until('Anna has the signed word, too', async () => (await eventTypes(anna)).includes(panicSent.type))

    // anybody may say in his name that all is well; nothing but a mark comes of it
    const ok = { panic: false, ok: true, gateway: false, low_battery: false }
    const unixSeconds = Math.floor(village.runtime.now() / 1000)
    air.inject(encodeFrame({ version: 1, senderHash: senderHashOf(bert.id), sequence: 9, flags: ok, unixSeconds }))
    await village.runtime.advance(1000)
    expect(await shown()).toEqual([expect.objectContaining({ proof: 'proven', over: 'said' })])

    await bert.node.bus.call(panicCancel, {})
    await village.until('Bert’s own word is there', async () => (await eventTypes(anna)).includes(panicEnded.type))
    expect(await shown()).toEqual([expect.objectContaining({ over: 'proven' })])
    expect(decodeFrame(air.sent.at(-1)?.frame ?? new Uint8Array()).flags).toMatchObject({ ok: true, panic: false })
  })

  it('a call by a stranger is shown at once and marked as what it is (LOR-4)', async () => {
    const { village, villagers, air, attach } = await settle(4, ['Anna'])
    const [anna] = villagers
    if (!anna) throw new TypeError('Anna is there')
    await attach(anna)
    const flags = { panic: true, ok: false, gateway: false, low_battery: false }
    const senderHash = senderHashOf(person(9))
    air.inject(encodeFrame({ version: 1, senderHash, sequence: 1, flags, unixSeconds: 5 }))
    await village.runtime.advance(100)
    expect((await anna.node.bus.call(loraStatus, {})).panics).toEqual([
      expect.objectContaining({
        sender_hash: senderHash,
        state: 'unknown',
        node_id: null,
        proof: 'unproven',
        doubt: 'unsigned',
      }),
    ])
    expect(await codeOf(anna.node.bus.call(peerVerify, { sender_hash: 'ffffffff', node_id: person(9) }))).toBe(
      'lora_peer_unknown',
    )
    expect(await codeOf(anna.node.bus.call(peerVerify, { sender_hash: senderHash, node_id: person(8) }))).toBe('bad_request')
    await anna.node.bus.call(peerDecide, { sender_hash: senderHash, decision: 'block' })
    expect((await anna.node.bus.call(peerList, {})).peers[0]).toMatchObject({ state: 'blocked' })
    await anna.node.bus.call(peerDecide, { sender_hash: senderHash, decision: 'keep' })
    expect((await anna.node.bus.call(peerList, {})).peers[0]).toMatchObject({ state: 'unknown', settled: true })
  })

  it('keeps its airtime across a restart, waits when it is used up, and overrides only where that is wanted (LOR-1, LOR-2)', async () => {
    // 0.1 %: 3.6 s an hour, seven frames of SF10, of which two are kept for help
    const narrow = { frequency_hz: 864_000_000 }
    const { village, villagers, air, attach, minutes } = await settle(5, ['Anna'], narrow)
    const [anna] = villagers
    if (!anna) throw new TypeError('Anna is there')
    await attach(anna)
    await minutes(1)
    let sent = air.sent.length
    const send = (one: Villager) => one.node.bus.call(beaconSend, { ok: false })
    for (; (await codeOf(send(anna))) === 'ok'; sent++) expect(sent).toBeLessThan(8)
    expect(await codeOf(send(anna))).toBe('lora_duty_cycle_exhausted')
    const { budget } = await anna.node.bus.call(loraStatus, {})
    expect(budget?.limit_ms).toBe(3600)
    expect(Date.parse(budget?.next_at ?? '')).toBeGreaterThan(village.runtime.now())

    const again = await village.restart(anna)
    await minutes(1)
    expect((await again.node.bus.call(stickList, {})).attached).toMatchObject({ adapter: 'rfm95w' })
    expect(await codeOf(send(again))).toBe('lora_duty_cycle_exhausted')

    // help may use what beacons leave, and no more
    let helped = 0
    for (; (await codeOf(again.node.bus.call(panicSend, {}))) === 'ok'; helped++) expect(helped).toBeLessThan(4)
    expect(helped).toBeGreaterThan(0)
    const inHour = air.sent.length
    expect(inHour * 452.608).toBeLessThanOrEqual(3600)
    await again.node.bus.call(configSet, { lora: { panic_override: true } })
    expect((await again.node.bus.call(panicSend, {})).overridden).toBe(true)
    const { sent: ledger } = await again.node.bus.call(dutyCycle, {})
    expect(ledger[0]).toMatchObject({ kind: 'panic', overridden: true })
    expect((await again.node.bus.call(loraStatus, {})).panic).toMatchObject({ cause: 'person', overridden: true })
  })

  it('sends again within two seconds of being plugged in, and says how the battery is (LOR-6)', async () => {
    const { village, villagers, air, attach, minutes } = await settle(6, ['Anna'])
    const [anna] = villagers
    if (!anna) throw new TypeError('Anna is there')
    await attach(anna)
    air.setPluggedIn(false)
    await minutes(15)
    expect((await anna.node.bus.call(loraStatus, {})).stick).toMatchObject({ state: 'waiting', problem: 'unplugged' })
    const before = air.sent.length
    await anna.node.bus.call(batteryReport, { low: true })
    air.setPluggedIn(true)
    await village.runtime.advance(2000)
    expect(air.sent.length).toBe(before + 1)
    expect(decodeFrame(air.sent.at(-1)?.frame ?? new Uint8Array()).flags).toMatchObject({ low_battery: true, gateway: true })
    await anna.node.bus.call(stickDetach, {})
    expect((await anna.node.bus.call(loraStatus, {})).stick.state).toBe('none')
  })

  it('calls for help from a device that is full, and keeps a beacon back that it could not write down (LOR-1, LOR-4)', async () => {
    const { village, villagers, air, attach, minutes } = await settle(9, ['Anna'])
    const [anna] = villagers
    if (!anna) throw new TypeError('Anna is there')
    await attach(anna)
    await minutes(1)
    const before = air.sent.length
    anna.store.setFull(true)
    expect(await codeOf(anna.node.bus.call(beaconSend, { ok: false }))).toBe('capacity_exceeded')
    await anna.node.bus.call(panicSend, {})
    await village.runtime.advance(5000)
    expect(air.sent.length - before).toBe(3)
    expect((await anna.node.bus.call(loraStatus, {})).panic).toMatchObject({ frames_sent: 3 })
  })

  it('goes by a new interval and new settings as soon as they are set', async () => {
    const { village, villagers, air, attach, minutes } = await settle(12, ['Anna'], { interval_seconds: 86_400 })
    const [anna] = villagers
    if (!anna) throw new TypeError('Anna is there')
    await attach(anna)
    await minutes(2)
    const before = air.sent.length
    await anna.node.bus.call(configSet, { lora: { interval_seconds: 60, spreading_factor: 7 } })
    await village.until('the stick has the new settings', async () => {
      const { stick } = await anna.node.bus.call(loraStatus, {})
      return stick.settings?.spreading_factor === 7
    })
    await minutes(3)
    expect(air.sent.length - before).toBeGreaterThanOrEqual(2)
    expect((await anna.node.bus.call(dutyCycle, {})).sent[0]?.airtime_ms).toBeCloseTo(71.936, 3)
  })

  it('refuses to send where no rule of the region allows it (LOR-1)', async () => {
    const { villagers, attach } = await settle(7, ['Anna'], { frequency_hz: 868_650_000 })
    const [anna] = villagers
    if (!anna) throw new TypeError('Anna is there')
    await attach(anna)
    expect(await codeOf(anna.node.bus.call(beaconSend, { ok: true }))).toBe('lora_hardware_unsupported')
    expect((await anna.node.bus.call(loraStatus, {})).budget).toBeNull()
  })

  it('a simulation anchors nothing and tells nobody', async () => {
    const { village, villagers, minutes } = await settle(8, ['Anna', 'Bert'])
    const [anna, bert] = villagers
    if (!anna || !bert) throw new TypeError('both are there')
    for (const { node } of villagers) {
      await village.during(node.bus.call(stickAttach, { ...STICK, simulated: true }))
    }
    await minutes(2)
    await bert.node.bus.call(panicSend, {})
    await minutes(1)
    expect((await anna.node.bus.call(loraStatus, {})).stick.simulated).toBe(true)
    const types = await eventTypes(anna)
    expect(types).not.toContain(panicSent.type)
    expect(types).not.toContain(chainAnchored.type)
    expect((await bert.node.bus.call(loraStatus, {})).heard_by).toEqual([])
    // back to a real one: nobody of the simulation is left
    await village.during(anna.node.bus.call(stickAttach, STICK))
    expect((await anna.node.bus.call(peerList, {})).peers).toEqual([])
  })

  it.each(['meshtastic', 'rfm95w', 'sx126x'] as const)(
    'lets a person try it without a stick, through a simulated %s and all its bytes',
    async (adapter) => {
      // the module as every device loads it; its code comes in real time, for which the village's clock does not wait
      await Promise.all([
        import('./simulated-village.ts'),
        import('./adapters/meshtastic.ts'),
        import('./adapters/rnode.ts'),
        import('./adapters/sx126x.ts'),
      ])
      const village = createVillage(10)
      const [anna] = await village.settle('Anna')
      if (!anna) throw new TypeError('Anna is there')
      const { bus } = anna.node
      await bus.call(configSet, { lora: { enabled: true } })
      await village.during(bus.call(stickAttach, { adapter, port_id: null, simulated: true }))
      const stick = async () => (await bus.call(loraStatus, {})).stick
      await village.until('the simulated stick is ready', async () => (await stick()).state === 'ready')
      expect(await stick()).toMatchObject({ simulated: true, adapter, problem: null })
      await village.until('the made-up neighbours are heard', async () => (await bus.call(peerList, {})).peers.length >= 2, 180)
      const { steps } = await village.during(bus.call(stickTest, {}))
      expect(steps.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok'])
      for (const { state, proof } of (await bus.call(peerList, {})).peers)
        expect([state, proof]).toEqual(['unknown', 'unproven'])
      await anna.node.stop()
    },
  )
})
