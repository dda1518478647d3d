import type { RadioSettings } from './records.ts'

/** From this symbol time on the radios need their low-data-rate optimisation, in milliseconds. */
const LOW_DATA_RATE_FROM_MS = 16

/**
 * How long a frame is on the air, in milliseconds: explicit header, CRC on (LOR-1). The formula of Semtech's SX1276 data sheet
 * (rev. 7, section 4.1.1.7, "Time on air"), the same in application note AN1200.13.
 * @param payloadBytes everything behind the LoRa header, also what a stick's firmware adds
 */
export function airtimeMs(payloadBytes: number, settings: RadioSettings): number {
  const { spreading_factor: sf, bandwidth_hz, coding_rate, preamble_symbols } = settings
  const symbolMs = (2 ** sf / bandwidth_hz) * 1000
  const lowDataRate = symbolMs > LOW_DATA_RATE_FROM_MS ? 1 : 0
  const bits = 8 * payloadBytes - 4 * sf + 28 + 16
  const payloadSymbols = 8 + Math.max(Math.ceil(bits / (4 * (sf - 2 * lowDataRate))) * coding_rate, 0)
  return (preamble_symbols + 4.25 + payloadSymbols) * symbolMs
}
