/** Decibels and linear power. */
export const linear = (db: number): number => 10 ** (db / 10)
export const decibels = (power: number): number => 10 * Math.log10(power)

/** dB at one kilometre and exponent, measured with LoRa at 868 MHz: Petäjäjärvi et al., ITST 2015, table II (car). */
const LOSS_AT_1_KM = 128.95
const LOSS_EXPONENT = 2.32
const MEASURED_AT_HZ = 868e6
const NEAREST_METRES = 1

/** @param metres between two antennas. @returns dB, falling with the frequency as in free space. */
export function pathLossDb(metres: number, frequencyHz: number): number {
  const distance = 10 * LOSS_EXPONENT * Math.log10(Math.max(metres, NEAREST_METRES) / 1000)
  return LOSS_AT_1_KM + distance + 20 * Math.log10(frequencyHz / MEASURED_AT_HZ)
}

/** dB that a receiver adds to thermal noise. Source: SX1276 datasheet, 2.5. */
const NOISE_FIGURE_DB = 6

/** Thermal noise at room temperature, -174 dBm per hertz, through the receiver. */
export const noiseFloorDbm = (bandwidthHz: number): number => -174 + decibels(bandwidthHz) + NOISE_FIGURE_DB

/** Signal to noise that a spreading factor needs: -7.5 dB at 7, 2.5 dB less with each. Source: SX1276 datasheet, table 13. */
export const demodulates = (snrDb: number, spreadingFactor: number): boolean => snrDb >= -7.5 - 2.5 * (spreadingFactor - 7)

/** dB by which a frame must beat those of its own spreading factor. Source: Bor et al., MSWiM 2016. */
const CAPTURE_DB = 6
/** dB by which frames of other spreading factors may be stronger. Source: Croce et al., IEEE Communications Letters 2018. */
const REJECTION_DB = 16

/** Whether a frame is understood in spite of what else is on the air. */
export function survives(rssiDbm: number, others: readonly { readonly dbm: number; readonly sameFactor: boolean }[]): boolean {
  if (others.length === 0) return true
  const disturbing = others.reduce(
    (sum, { dbm, sameFactor }) => sum + linear(sameFactor ? dbm + CAPTURE_DB : dbm - REJECTION_DB),
    0,
  )
  return rssiDbm >= decibels(disturbing)
}
