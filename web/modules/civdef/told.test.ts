import { describe, expect, it } from 'vitest'
import type { Delivery } from '#protocol/civdef/decision.ts'
import type { AlertRecord } from '#protocol/civdef/records.ts'
import { createVillageAlerts } from '../../testing/village-alerts.ts'
import { sorted, stateAt, toldOf, wordsIn } from './told.ts'

const NOW = Date.parse('2026-05-26T08:00:00Z')
const HOUR = 3_600_000
const village = createVillageAlerts(NOW)
const record = (name: Parameters<typeof village.record>[0]): AlertRecord => village.record(name)
const titles = (records: readonly AlertRecord[]) => records.map((one) => toldOf(one).words[0].title)

describe('what an alert and an official warning have in common', () => {
  it('is told of both', () => {
    expect(toldOf(record('flood'))).toMatchObject({ severity: 'extreme', regions: ['DE.NRW.Kleve.Issum'], area: '' })
    expect(toldOf(record('mirror'))).toMatchObject({ severity: 'warning', drill: false })
    expect(toldOf(record('mirror')).area).not.toBe('')
    expect(() => toldOf({ alert: null, mirror: null })).toThrow(TypeError)
  })

  it('is said in the language that is asked for, else in the one it was written in', () => {
    const { words } = toldOf(record('flood'))
    expect(wordsIn(words, 'en').language).toBe('en')
    expect(wordsIn(words, 'de').language).toBe('de-DE')
    expect(wordsIn([words[0]], 'en').language).toBe('de-DE')
  })
})

describe('the lists', () => {
  const all = village.records()
  const deliveries: Readonly<Record<string, Delivery>> = Object.fromEntries(
    all.map(({ key }) => [key, village.decision(key)?.delivery ?? 'list']),
  )
  const groups = sorted(all, (key) => deliveries[key], NOW)

  it('have what is real before drills, and what is worse before what is not (CIV-9)', () => {
    expect(groups.now.map((one) => toldOf(one).drill)).toEqual([...groups.now.map((one) => toldOf(one).drill)].sort())
    expect(titles(groups.now)[0]).toBe('Hochwasser an der Fleuth')
  })

  it('keep what is not for here, and what is not believed, apart (CIV-12)', () => {
    expect(titles(groups.elsewhere)).toEqual(['Trinkwasser in Geldern abkochen'])
    expect(titles(groups.refused)).toHaveLength(1)
    const shown = [...groups.now, ...groups.before, ...groups.elsewhere, ...groups.refused]
    expect(new Set(shown.map(({ key }) => key)).size).toBe(all.length)
  })

  it('move an alert to the past when its time is over, without a word from the node (CIV-8)', () => {
    const flood = record('flood')
    expect(stateAt(flood, NOW)).toBe('active')
    expect(stateAt(flood, Date.parse(toldOf(flood).until))).toBe('expired')
    const later = sorted(all, (key) => deliveries[key], NOW + 200 * HOUR)
    expect(later.now).toEqual([])
    expect(later.before).toHaveLength(groups.now.length + groups.before.length)
  })

  it('show an alert whose decision is still being made rather than hide it', () => {
    expect(sorted(all, () => undefined, NOW).elsewhere).toEqual([])
  })
})
