import { describe, expect, it } from 'vitest'
import { createLanes, createReceiveCredits, createSendCredits, createSequence } from './flow.ts'

const MIB = 1024 * 1024

describe('numbers of frames (TEN-6)', () => {
  it('begin at 1 and have no gap, no repetition and no way back', () => {
    const sequence = createSequence()
    sequence.expect(1)
    sequence.expect(2)
    for (const seq of [2, 1, 4, 0]) expect(() => sequence.expect(seq), String(seq)).toThrow('was due')
    sequence.expect(3)
    expect([createSequence().take(), sequence.last]).toEqual([1, 3])
  })
})

describe('credits of a sender (TEN-7)', () => {
  it('are spent by one frame each, and come back only by FLOWCTL', () => {
    const credits = createSendCredits(3)
    for (const seq of [2, 3, 4]) {
      expect(credits.may(true)).toBe(true)
      credits.spend(seq)
    }
    expect(credits.may(true)).toBe(false)
    credits.acked(4)
    expect(credits.may(true)).toBe(false)
    credits.add({ window: 3, credits_added: 1 })
    expect([credits.may(true), credits.may(true, 2)]).toEqual([true, false])
  })

  it('never let more than the window be unacknowledged, whatever is granted', () => {
    const credits = createSendCredits(2)
    credits.spend(2)
    credits.spend(3)
    credits.add({ window: 2, credits_added: 1000 })
    expect(credits.may(true)).toBe(false)
    credits.acked(2)
    expect([credits.may(true), credits.may(true, 2)]).toEqual([true, false])
  })

  it('leave two to urgent frames where there are eight or more (TEN-11)', () => {
    const credits = createSendCredits(8)
    for (let seq = 1; seq <= 6; seq++) credits.spend(seq)
    expect([credits.may(false), credits.may(true, 2)]).toEqual([false, true])
    expect(createSendCredits(1).may(false)).toBe(true)
    credits.acked(6)
    expect([credits.may(false), credits.may(false, 2), credits.may(false, 3)]).toEqual([true, true, false])
  })
})

describe('credits of a receiver (TEN-7, TEN-9)', () => {
  it('are granted again when a quarter of the window is spent', () => {
    const credits = createReceiveCredits(16, 65_536)
    for (let n = 0; n < 3; n++) credits.spend()
    expect(credits.grant(0, false)).toBeNull()
    credits.spend()
    expect(credits.grant(0, false)).toEqual({ window: 16, credits_added: 4 })
  })

  it('refuse who sends without', () => {
    const credits = createReceiveCredits(2, 65_536)
    credits.spend()
    credits.spend()
    expect(() => credits.spend()).toThrow('without credit')
  })

  it('stop before the limit while a reader can make room, and go on when it did', () => {
    const credits = createReceiveCredits(4, MIB, 8 * MIB)
    for (let n = 0; n < 4; n++) credits.spend()
    expect(credits.grant(8 * MIB, true)).toBeNull()
    expect(credits.grant(6 * MIB, true)).toEqual({ window: 4, credits_added: 2 })
    expect(credits.grant(0, false)).toEqual({ window: 4, credits_added: 2 })
  })

  it('always leave one while nothing can be read, or a tensor of the largest size would never be whole', () => {
    const credits = createReceiveCredits(1, MIB, 8 * MIB)
    credits.spend()
    expect(credits.grant(8 * MIB - 1, false)).toEqual({ window: 1, credits_added: 1 })
  })
})

describe('lanes (TEN-11)', () => {
  const always = () => true

  it('let urgent frames go first, and one of bulk after eight of them', () => {
    const lanes = createLanes<string>()
    for (let n = 0; n < 20; n++) lanes.add('urgent', true)
    lanes.add('bulk', false)
    const order = Array.from({ length: 18 }, () => lanes.next(always)?.item)
    expect(
      order
        .map((item) => item === 'bulk')
        .map(Number)
        .join(''),
    ).toBe('000000001000000001')
  })

  it('let urgent frames go while bulk has no credit, and bulk while nothing is urgent', () => {
    const lanes = createLanes<string>()
    lanes.add('bulk', false)
    expect(lanes.next((urgent) => urgent)).toBeNull()
    expect(lanes.next(always)?.item).toBe('bulk')
    lanes.add('urgent', true)
    for (let n = 0; n < 20; n++) expect(lanes.next((urgent) => urgent)?.item).toBe('urgent')
    expect(lanes.drain()).toEqual(['urgent', 'bulk'])
    expect(lanes.next(always)).toBeNull()
  })
})
