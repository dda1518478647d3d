import { describe, expect, it } from 'vitest'
import type { PanicRecord } from '#protocol/lora/records.ts'
import { alarmFor, seenCall, urgentPanics, withoutEnded } from './panics.ts'

const panic = (changes: Partial<PanicRecord>): PanicRecord => ({
  sender_hash: '0badcafe',
  state: 'confirmed',
  node_id: null,
  display_name: 'Ben',
  via: 'radio',
  since: '2026-05-26T08:00:00.000Z',
  last_heard_at: '2026-05-26T08:00:02.000Z',
  frames: 3,
  proof: 'proven',
  doubt: null,
  over: 'no',
  rssi_dbm: -101,
  snr_db: 2,
  ...changes,
})

const sure = panic({})
const forged = panic({ proof: 'unproven', doubt: 'forged' })

describe('calls that take the screen (LOR-4)', () => {
  it('are shown whether confirmed or not, what is sure first, then the newest', () => {
    const newer = panic({ sender_hash: '11111111', state: 'unknown', proof: 'unproven', since: '2026-05-26T09:00:00.000Z' })
    const older = panic({ sender_hash: '22222222', state: 'unknown', proof: 'unproven', since: '2026-05-26T07:00:00.000Z' })
    expect(urgentPanics([older, newer, sure], [])).toEqual([sure, newer, older])
  })

  it('stay away once seen, ended by their sender, or blocked', () => {
    expect(urgentPanics([sure], [seenCall(sure)])).toEqual([])
    expect(urgentPanics([panic({ over: 'proven' }), panic({ state: 'blocked' })], [])).toEqual([])
  })

  it('stay while only a message that anybody can have sent says that it is over', () => {
    expect(urgentPanics([panic({ over: 'said' })], [])).toHaveLength(1)
  })

  it('are one call by radio and by network, whatever the two clocks say', () => {
    const network = panic({ via: 'network', since: '2026-05-26T08:01:30.000Z' })
    expect(urgentPanics([network], [seenCall(sure)])).toEqual([])
    expect(urgentPanics([panic({ since: '2026-05-26T09:00:00.000Z' })], [seenCall(sure)])).toHaveLength(1)
  })

  it('come again when one that was unsure turns out to be sure, and not the other way round', () => {
    expect(urgentPanics([sure], [seenCall(forged)])).toHaveLength(1)
    expect(urgentPanics([forged], [seenCall(sure)])).toEqual([])
  })

  it('come again when somebody who has ended one calls anew, however soon', () => {
    const left = withoutEnded([seenCall(sure)], [panic({ over: 'proven' })])
    expect(urgentPanics([panic({ since: '2026-05-26T08:02:00.000Z' })], left)).toHaveLength(1)
    expect(withoutEnded([seenCall(sure)], [panic({ over: 'said' })])).toEqual([seenCall(sure)])
  })
})

describe('the alarm', () => {
  it('sounds anew for each call that is sure', () => {
    const other = panic({ sender_hash: '33333333', since: '2026-05-26T09:00:00.000Z' })
    expect(alarmFor([sure])).not.toBe(alarmFor([sure, other]))
    expect(alarmFor([forged])).not.toBe(alarmFor([sure]))
  })

  it('sounds once for any number of calls that anybody can have sent', () => {
    const flood = Array.from({ length: 40 }, (_, at) => panic({ ...forged, sender_hash: `${at}`.padStart(8, '0') }))
    expect(alarmFor(flood)).toBe(alarmFor([forged]))
    expect(alarmFor([])).toBeNull()
  })
})
