import type { HearthnetConfig } from '#protocol/core/config.ts'
import type { Region } from '#protocol/lora/records.ts'

export const REACHES = ['short', 'usual', 'far'] as const
export type Reach = (typeof REACHES)[number]

interface Air {
  /** Middle of a channel that lies whole within one sub-band (LOR-1). */
  readonly frequency_hz: number
  /** Spreading factors; where a frame may last 400 ms at most, none is above 9. */
  readonly factors: Readonly<Record<Reach, number>>
}

const AIR: Readonly<Record<Region, Air>> = {
  EU868: { frequency_hz: 869_525_000, factors: { short: 9, usual: 10, far: 12 } },
  US915: { frequency_hz: 915_000_000, factors: { short: 7, usual: 8, far: 9 } },
  AS923: { frequency_hz: 923_200_000, factors: { short: 7, usual: 8, far: 9 } },
}

type Lora = Pick<HearthnetConfig['lora'], 'region' | 'frequency_hz' | 'spreading_factor'>

/** Which of the three it is; null for a setting somebody made by hand. */
export function reachOf({ region, frequency_hz, spreading_factor }: Lora): Reach | null {
  const air = AIR[region]
  if (frequency_hz !== air.frequency_hz) return null
  return REACHES.find((reach) => air.factors[reach] === spreading_factor) ?? null
}

/** What is set for a region and a reach. */
export const settingsFor = (region: Region, reach: Reach): Lora => ({
  region,
  frequency_hz: AIR[region].frequency_hz,
  spreading_factor: AIR[region].factors[reach],
})
