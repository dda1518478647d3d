import { describe, expect, it } from 'vitest'
import { HearthError } from '../core/errors.ts'
import { airtimeMs } from './airtime.ts'
import type { RadioSettings } from './records.ts'
import { requireSubBand, SUB_BANDS, subBandOf } from './sub-bands.ts'

const settings = (change: Partial<RadioSettings> = {}): RadioSettings => ({
  frequency_hz: 869_525_000,
  bandwidth_hz: 125_000,
  spreading_factor: 9,
  coding_rate: 5,
  preamble_symbols: 8,
  tx_power_dbm: 14,
  ...change,
})

describe('airtime (LOR-1)', () => {
  it.each([
    [7, 71.936],
    [8, 133.632],
    [9, 246.784],
    [10, 452.608],
    [11, 987.136],
    [12, 1810.432],
  ])('of a frame at SF%i is %d ms', (spreading_factor, ms) => {
    expect(airtimeMs(32, settings({ spreading_factor }))).toBeCloseTo(ms, 6)
  })

  it('grows with what a firmware adds, and with the code rate', () => {
    expect(airtimeMs(33, settings())).toBeGreaterThanOrEqual(airtimeMs(32, settings()))
    expect(airtimeMs(48, settings())).toBeGreaterThan(airtimeMs(32, settings()))
    expect(airtimeMs(32, settings({ coding_rate: 8 }))).toBeGreaterThan(airtimeMs(32, settings()))
  })
})

describe('sub-bands (LOR-1)', () => {
  it('give 36 s an hour where the rule is 1 %, and 360 s where it is 10 %', () => {
    const limitOf = (frequency_hz: number) => subBandOf('EU868', settings({ frequency_hz }))?.limitMs
    expect(limitOf(868_300_000)).toBe(36_000)
    expect(limitOf(869_525_000)).toBe(360_000)
    expect(limitOf(864_000_000)).toBe(3600)
  })

  it('hold the whole occupied channel, not its middle alone', () => {
    const at = (frequency_hz: number, bandwidth_hz = 125_000) => subBandOf('EU868', settings({ frequency_hz, bandwidth_hz }))
    expect(at(869_462_500)?.name).toBe('869.4-869.65')
    expect(at(869_462_499)).toBeNull()
    expect(at(869_525_000, 250_000)?.name).toBe('869.4-869.65')
    expect(at(869_526_000, 250_000)).toBeNull()
    // between two rules, where the alarms are
    expect(at(868_650_000)).toBeNull()
    // its middle is in one, its edge in the next
    expect(at(868_000_000)).toBeNull()
  })

  it('do not overlap, and each names its source', () => {
    for (const bands of Object.values(SUB_BANDS)) {
      for (const [index, band] of bands.entries()) {
        expect(band.source).not.toBe('')
        expect(band.fromHz).toBeLessThan(band.toHz)
        expect(band.fromHz).toBeGreaterThanOrEqual(bands[index - 1]?.toHz ?? 0)
      }
    }
  })

  it('refuse what no rule of the region allows, and name the field', () => {
    const refused = (region: 'EU868' | 'US915' | 'AS923', change: Partial<RadioSettings>) => {
      const asked = settings(change)
      try {
        requireSubBand(region, asked, airtimeMs(32, asked))
        return null
      } catch (error) {
        return error instanceof HearthError ? [error.code, error.data] : error
      }
    }
    const unsupported = (field: string) => ['lora_hardware_unsupported', { field }]
    expect(refused('EU868', {})).toBeNull()
    expect(refused('EU868', { frequency_hz: 915_000_000 })).toEqual(unsupported('/frequency_hz'))
    expect(refused('EU868', { frequency_hz: 868_300_000, tx_power_dbm: 20 })).toEqual(unsupported('/tx_power_dbm'))
    expect(refused('EU868', { tx_power_dbm: 27 })).toBeNull()
    expect(refused('US915', { frequency_hz: 915_000_000 })).toBeNull()
    expect(refused('US915', { frequency_hz: 915_000_000, spreading_factor: 10 })).toEqual(unsupported('/spreading_factor'))
    expect(refused('AS923', { frequency_hz: 923_200_000, spreading_factor: 12 })).toEqual(unsupported('/spreading_factor'))
  })
})
