/** How well somebody is heard, in steps that a word can stand for. */
export const STRENGTHS = ['strong', 'good', 'weak', 'faint'] as const
export type Strength = (typeof STRENGTHS)[number]

export interface Signal {
  /** Received power, dBm. */
  readonly rssi: number
  /** Signal over noise, dB; LoRa still hears what lies under the noise. */
  readonly snr: number
}

/** What a stick measured; null where it tells no power. */
export const signalOf = ({ rssi_dbm, snr_db }: { rssi_dbm: number | null; snr_db: number | null }): Signal | null =>
  rssi_dbm === null ? null : { rssi: rssi_dbm, snr: snr_db ?? 0 }

/** From here on a step is reached, dBm; a stick on SF12 hears down to about -137. */
const STEPS: readonly (readonly [Strength, number])[] = [
  ['strong', -90],
  ['good', -110],
  ['weak', -122],
]
/** Within the same room, and as far as any stick hears, dBm. */
const NEAREST_DBM = -40
const FARTHEST_DBM = -137

/** The power of the signal itself: under the noise, RSSI measures the noise and SNR how far below it the signal lies. @returns dBm */
export const signalDbm = ({ rssi, snr }: Signal): number => rssi + Math.min(0, snr)

export function strengthOf(signal: Signal): Strength {
  const dbm = signalDbm(signal)
  return STEPS.find(([, from]) => dbm >= from)?.[0] ?? 'faint'
}

/** 0 (as near as can be) to 1 (as far): every ten decibels are about half as far again, so this is a logarithm of the distance. */
export function farness(signal: Signal): number {
  const share = (NEAREST_DBM - signalDbm(signal)) / (NEAREST_DBM - FARTHEST_DBM)
  return Math.min(1, Math.max(0, share))
}
