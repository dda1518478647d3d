import { describe, expect, it } from 'vitest'
import { SUB_BANDS } from '#protocol/lora/sub-bands.ts'
import { megahertzIn } from './megahertz.ts'

describe('frequencies on the screen', () => {
  it('are said to the kilohertz, as the language writes numbers', () => {
    expect(megahertzIn('de').frequency(869_525_000)).toBe('869,525 MHz')
    expect(megahertzIn('en').frequency(868_300_000)).toBe('868.3 MHz')
  })

  it('name every sub-band by its limits (LOR-1)', () => {
    expect(megahertzIn('de').band('869.4-869.65')).toBe('869,4–869,65 MHz')
    for (const { name, fromHz, toHz } of Object.values(SUB_BANDS).flat()) {
      const { band, frequency } = megahertzIn('en')
      expect(band(name)).toBe(`${frequency(fromHz).replace(' MHz', '')}–${frequency(toHz)}`)
    }
  })
})
