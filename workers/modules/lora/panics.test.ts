import { describe, expect, it } from 'vitest'
import { LORA_PANICS_MAX } from '#protocol/lora/constants.ts'
import { senderHashOf } from '#protocol/lora/frame.ts'
import type { Flags } from '#protocol/lora/records.ts'
import { createView } from '../../kernel/views.ts'
import { callsView, createPanics } from './panics.ts'
import type { Reception } from './peer-map.ts'
import type { Verdict } from './prover.ts'
import { person } from './testing/stations.ts'

const ANNA = person(1)
const HASH = senderHashOf(ANNA)
const PROVEN: Verdict = { proof: 'proven', doubt: null, nodeId: ANNA }
const PENDING: Verdict = { proof: 'pending', doubt: null, nodeId: ANNA }
const ANYBODY: Verdict = { proof: 'unproven', doubt: 'unsigned', nodeId: null }

function heard(at: number, said: Partial<Flags>, senderHash = HASH, rssiDbm = -90): Reception {
  const flags = { panic: false, ok: false, gateway: false, low_battery: false, ...said }
  return { at, signal: { rssiDbm, snrDb: null }, frame: { version: 1, senderHash, sequence: 1, flags, unixSeconds: 1 } }
}

function scene(state: 'candidate' | 'blocked' = 'candidate') {
  const who = () => ({ state, node_id: null, display_name: null })
  const panics = createPanics({ calls: createView(callsView), self: person(0), who })
  return { panics, only: () => panics.list(1000)[0] }
}

describe('calls for help that are heard (LOR-4)', () => {
  it('begin at once, become surer, and are told again only for that', () => {
    const { panics, only } = scene()
    expect(panics.heard(heard(1, { panic: true }), ANYBODY)).toBe(true)
    expect(only()).toMatchObject({ proof: 'unproven', over: 'no' })
    expect(panics.heard(heard(2, { panic: true }), ANYBODY)).toBe(false)
    expect(panics.heard(heard(3, { panic: true }), PROVEN)).toBe(true)
    expect(only()).toMatchObject({ proof: 'proven', frames: 3 })
  })

  it('are neither moved nor ended by what anybody can send', () => {
    const { panics, only } = scene()
    panics.heard(heard(1, { panic: true }), PROVEN)
    panics.heard(heard(2, { panic: true }, HASH, -20), ANYBODY)
    expect(only()).toMatchObject({ proof: 'proven', rssi_dbm: -90, frames: 1 })
    expect(panics.heard(heard(3, { ok: true }), ANYBODY)).toBe(true)
    expect(only()).toMatchObject({ proof: 'proven', over: 'said' })
    expect(panics.heard(heard(4, { panic: true }), ANYBODY)).toBe(false)
    expect(panics.heard(heard(5, { ok: true }), PROVEN)).toBe(true)
    expect(only()?.over).toBe('proven')
  })

  it('go by when a frame came, not by when it was proven', () => {
    const { panics, only } = scene()
    const fine = heard(1, { ok: true })
    const second = heard(11, { panic: true })
    panics.heard(fine, PENDING)
    panics.heard(heard(10, { panic: true }), PROVEN)
    panics.heard(second, PENDING)
    // the key for "I am fine" of before the call comes after it
    expect(panics.heard(fine, PROVEN)).toBe(false)
    expect(only()?.over).toBe('no')
    panics.heard(heard(20, { ok: true }), PROVEN)
    // and a frame of the burst is proven when all is over
    expect(panics.heard(second, PROVEN)).toBe(false)
    expect(only()?.over).toBe('proven')
    expect(panics.heard(heard(30, { panic: true }), PROVEN)).toBe(true)
    expect(only()).toMatchObject({ over: 'no', frames: 1 })
  })

  it('by whom a person blocked are shown only when they are proven', () => {
    const { panics } = scene('blocked')
    expect(panics.heard(heard(1, { panic: true }), ANYBODY)).toBe(false)
    expect(panics.heard(heard(2, { panic: true }), PROVEN)).toBe(true)
  })

  it('are a bounded list, and a flood of strangers does not push out a proven one', () => {
    const { panics } = scene()
    panics.heard(heard(1, { panic: true }), PROVEN)
    for (let at = 2; at < 3 * LORA_PANICS_MAX; at++) {
      panics.heard(heard(at, { panic: true }, at.toString(16).padStart(8, '0')), ANYBODY)
    }
    const list = panics.list(1000)
    expect(list).toHaveLength(LORA_PANICS_MAX)
    expect(list.some(({ sender_hash }) => sender_hash === HASH)).toBe(true)
    expect(panics.list(90_000_000)).toEqual([])
  })
})
