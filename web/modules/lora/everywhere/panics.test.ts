import { describe, expect, it } from 'vitest'
import type { PanicRecord } from '#protocol/lora/records.ts'
import { alarmFor, panicKey, seenWith, urgentPanics } from './panics.ts'

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

const none: ReadonlySet<string> = new Set()
const forged = panic({ proof: 'unproven', doubt: 'forged' })

describe('calls that take the screen (LOR-4)', () => {
  it('are shown whether confirmed or not, what is sure first, then the newest', () => {
    const newer = panic({ sender_hash: '11111111', state: 'unknown', proof: 'unproven', since: '2026-05-26T09:00:00.000Z' })
    const older = panic({ sender_hash: '22222222', state: 'unknown', proof: 'unproven', since: '2026-05-26T07:00:00.000Z' })
    expect(urgentPanics([older, newer, panic({})], none)).toEqual([panic({}), newer, older])
  })

  it('stay away once seen, taken back by their sender, or blocked', () => {
    expect(urgentPanics([panic({})], new Set([panicKey(panic({}))]))).toEqual([])
    expect(urgentPanics([panic({ over: 'proven' }), panic({ state: 'blocked' })], none)).toEqual([])
  })

  it('stay while only a message that anybody can have sent says that it is over', () => {
    expect(urgentPanics([panic({ over: 'said' })], none)).toHaveLength(1)
  })

  it('come again when one that was unsure turns out to be sure, and not the other way round', () => {
    expect(urgentPanics([panic({})], new Set(seenWith(forged)))).toHaveLength(1)
    expect(urgentPanics([forged], new Set(seenWith(panic({}))))).toEqual([])
  })
})

describe('the alarm', () => {
  it('sounds anew for each call that is sure', () => {
    const other = panic({ sender_hash: '33333333', since: '2026-05-26T09:00:00.000Z' })
    expect(alarmFor(urgentPanics([panic({})], none))).not.toBe(alarmFor(urgentPanics([panic({}), other], none)))
  })

  it('sounds once for any number of calls that anybody can have sent', () => {
    const flood = Array.from({ length: 40 }, (_, at) => panic({ ...forged, sender_hash: `${at}`.padStart(8, '0') }))
    expect(alarmFor(flood)).toBe(alarmFor([forged]))
    expect(alarmFor([])).toBeNull()
  })
})
