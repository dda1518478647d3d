import { describe, expect, it } from 'vitest'
import { DEFAULT_CONFIG } from '#protocol/core/config.ts'
import { airtimeMs } from '#protocol/lora/airtime.ts'
import { LORA_BEACON_MAX_PAYLOAD_BYTES } from '#protocol/lora/constants.ts'
import { REGIONS } from '#protocol/lora/records.ts'
import { requireSubBand } from '#protocol/lora/sub-bands.ts'
import { REACHES, reachOf, settingsFor } from './reach.ts'

describe('the choices of reach', () => {
  it('are all allowed in their region (LOR-1)', () => {
    for (const region of REGIONS) {
      for (const reach of REACHES) {
        const { frequency_hz, spreading_factor } = settingsFor(region, reach)
        const rest = { bandwidth_hz: 125_000, coding_rate: 5, preamble_symbols: 8, tx_power_dbm: 14 }
        const radio = { frequency_hz, spreading_factor, ...rest }
        expect(() => requireSubBand(region, radio, airtimeMs(LORA_BEACON_MAX_PAYLOAD_BYTES, radio))).not.toThrow()
      }
    }
  })

  it('are found again in what is set, and a setting made by hand is none of them', () => {
    for (const region of REGIONS) {
      for (const reach of REACHES) expect(reachOf(settingsFor(region, reach))).toBe(reach)
    }
    expect(reachOf(DEFAULT_CONFIG.lora)).toBe('usual')
    expect(reachOf({ ...DEFAULT_CONFIG.lora, spreading_factor: 11 })).toBeNull()
    expect(reachOf({ ...DEFAULT_CONFIG.lora, frequency_hz: 868_300_000 })).toBeNull()
  })
})
