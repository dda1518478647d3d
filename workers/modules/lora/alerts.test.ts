import { describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import type { SignedEvent } from '#protocol/core/event.ts'
import type { ContentId } from '#protocol/core/ids.ts'
import { parseUlid, wireTime } from '#protocol/core/ids.ts'
import { decodeFrame } from '#protocol/lora/frame.ts'
import type { Bus } from '../../kernel/bus/bus.ts'
import type { LogChange } from '../../kernel/log/log.ts'
import type { VerifiedEvent } from '../../kernel/log/verify.ts'
import { createSignal } from '../../kernel/signal.ts'
import { asksCivilDefence, isSevereAlert, onSevereAlert } from './alerts.ts'
import { createBoard, createPlainShelf, createStation, person, radio } from './testing/stations.ts'
import { createStormClock } from './testing/storm-clock.ts'

const NOW = Date.UTC(2026, 4, 26, 8)
const ALERT_ID = '01KSXB3Q000000000000000000'
const EXTREME = { alert_id: ALERT_ID, severity: 'extreme', drill: false, title: 'Chlorgas' }

const published = (data: object, at = NOW, event_type = 'civdef.alert.published'): VerifiedEvent => ({
  cid: '' as ContentId,
  text: '',
  // what is looked at of an event
  event: { event_type, wall_clock: wireTime(at), data } as unknown as SignedEvent,
})

describe('alerts (CIV-13)', () => {
  it('set the panic flag when they are emergency or extreme, and of now (LOR-12)', () => {
    expect(isSevereAlert(published({ alert: EXTREME }), NOW)).toBe(true)
    expect(isSevereAlert(published({ alert: { ...EXTREME, severity: 'emergency' } }), NOW)).toBe(true)
    for (const severity of ['info', 'advisory', 'warning', 'EXTREME', undefined])
      expect(isSevereAlert(published({ alert: { ...EXTREME, severity } }), NOW)).toBe(false)
    expect(isSevereAlert(published({ alert: EXTREME }, NOW - 3_600_001), NOW)).toBe(false)
    expect(isSevereAlert(published({ alert: EXTREME }, NOW + 3_600_001), NOW)).toBe(false)
    expect(isSevereAlert(published({ alert: EXTREME }, NOW, 'civdef.alert.cancelled'), NOW)).toBe(false)
  })

  it('are no drill: one that does not say so is not believed, and what is sealed calls nobody', () => {
    for (const drill of [true, undefined, null, 'false', 0])
      expect(isSevereAlert(published({ alert: { ...EXTREME, drill } }), NOW)).toBe(false)
    expect(isSevereAlert(published({ sealed: { ...EXTREME, roles: ['fire'] } }), NOW)).toBe(false)
    expect(isSevereAlert(published(EXTREME), NOW), 'beside where an alert stands').toBe(false)
    for (const data of [{}, { alert: null }, { alert: 'extreme' }]) expect(isSevereAlert(published(data), NOW)).toBe(false)
  })

  it('put the flag on the next beacon and on no other, and a drill puts it on none (LOR-12)', async () => {
    const clock = createStormClock(12)
    const panicFlags: boolean[] = []
    const station = await createStation({
      ...{ runtime: clock, shelf: createPlainShelf(), board: createBoard(), nodeId: person(1), members: [] },
      ...{ settings: radio(), frames: 'v1', override: false, intervalSeconds: 60 },
      transmit: (frame) => panicFlags.push(decodeFrame(frame).flags.panic),
    })
    const changed = createSignal<LogChange>()
    let notifies = true
    const asked: string[] = []
    const decide = async (alertId: string): Promise<boolean> => {
      asked.push(alertId)
      return notifies
    }
    const stop = onSevereAlert({ changed }, clock, decide, station.sender.alert)
    const beacons = async (count: number): Promise<readonly boolean[]> => {
      const before = panicFlags.length
      while (panicFlags.length < before + count) await clock.second()
      return panicFlags.slice(before)
    }
    const arrive = (data: object): void => changed.emit({ added: [published(data, clock.now())], removed: [], types: [] })

    await beacons(1)
    arrive({ alert: { ...EXTREME, drill: true } })
    expect(await beacons(2)).toEqual([false, false])
    expect(asked).toEqual([])
    arrive({ alert: EXTREME })
    expect(await beacons(2)).toEqual([true, false])
    notifies = false
    arrive({ alert: EXTREME })
    expect(await beacons(2), 'what the device does not believe moves no radio').toEqual([false, false])
    expect(asked).toEqual([ALERT_ID, ALERT_ID])
    notifies = true
    stop()
    arrive({ alert: EXTREME })
    expect(await beacons(1)).toEqual([false])
    await station.stop()
  })

  it('are for civil defence to judge: where it is away, or would not notify, they move nothing', async () => {
    const answering = (call: () => Promise<{ delivery: string }>) =>
      asksCivilDefence({ call } as unknown as Pick<Bus, 'call'>)(parseUlid(ALERT_ID)) // one call of the bus
    for (const delivery of ['notify', 'alarm']) expect(await answering(async () => ({ delivery }))).toBe(true)
    for (const delivery of ['refuse', 'hide', 'list']) expect(await answering(async () => ({ delivery }))).toBe(false)
    expect(await answering(() => Promise.reject(new HearthError('experimental_disabled', 'off')))).toBe(false)
  })

  it('are no news after an hour: a beacon that comes later says nothing of them (LOR-12)', async () => {
    const clock = createStormClock(13)
    const panicFlags: boolean[] = []
    const station = await createStation({
      ...{ runtime: clock, shelf: createPlainShelf(), board: createBoard(), nodeId: person(1), members: [] },
      ...{ settings: radio(), frames: 'v1', override: false, intervalSeconds: 7200 },
      transmit: (frame) => panicFlags.push(decodeFrame(frame).flags.panic),
    })
    while (panicFlags.length < 1) await clock.second()
    station.sender.alert()
    expect(station.sender.flags().panic).toBe(true)
    while (panicFlags.length < 2) await clock.second()
    expect(panicFlags).toEqual([false, false])
    expect(station.sender.alertSince()).toBeNull()
    await station.stop()
  })
})
