import { HearthError } from '../core/errors.ts'
import { LORA_DUTY_WINDOW_SECONDS } from './constants.ts'
import type { RadioSettings, Region } from './records.ts'

/** One range of frequencies with a rule of its own (LOR-1). */
export interface SubBand {
  readonly name: string
  readonly fromHz: number
  readonly toHz: number
  /** Airtime that is allowed within any window. */
  readonly limitMs: number
  readonly windowSeconds: number
  /** Longest single frame; null without such a rule. */
  readonly dwellMs: number | null
  /** Strongest radiation allowed, dBm (ERP in EU868, EIRP elsewhere). */
  readonly maxPowerDbm: number
  readonly source: string
}

const ETSI = 'ETSI EN 300 220-2 V3.2.1, Annex B; Decision (EU) 2017/1483'
const FCC = '47 CFR 15.247 (a)(1)(i), (b)(2)'
const AS923_RULE = 'LoRa Alliance RP002-1.0.3, AS923 (1 %, 400 ms); national rules may differ'

const MHZ = 1_000_000

function perHour(name: string, from: number, to: number, percent: number, maxPowerDbm: number): SubBand {
  return {
    name,
    fromHz: Math.round(from * MHZ),
    toHz: Math.round(to * MHZ),
    limitMs: LORA_DUTY_WINDOW_SECONDS * percent * 10,
    windowSeconds: LORA_DUTY_WINDOW_SECONDS,
    dwellMs: null,
    maxPowerDbm,
    source: ETSI,
  }
}

/** What lies in none of these is not sent on: between them are alarms and other services. */
export const SUB_BANDS: Readonly<Record<Region, readonly SubBand[]>> = {
  EU868: [
    perHour('863.0-865.0', 863, 865, 0.1, 14),
    perHour('865.0-868.0', 865, 868, 1, 14),
    perHour('868.0-868.6', 868, 868.6, 1, 14),
    perHour('868.7-869.2', 868.7, 869.2, 0.1, 14),
    perHour('869.4-869.65', 869.4, 869.65, 10, 27),
    perHour('869.7-870.0', 869.7, 870, 1, 14),
  ],
  // no duty cycle, but a frame and 20 s of one channel may hold 400 ms: SF10 and slower do not fit
  US915: [
    {
      name: '902.0-928.0',
      fromHz: 902 * MHZ,
      toHz: 928 * MHZ,
      limitMs: 400,
      windowSeconds: 20,
      dwellMs: 400,
      maxPowerDbm: 30,
      source: FCC,
    },
  ],
  AS923: [
    {
      name: '923.0-923.5',
      fromHz: 923 * MHZ,
      toHz: 923.5 * MHZ,
      limitMs: 36_000,
      windowSeconds: LORA_DUTY_WINDOW_SECONDS,
      dwellMs: 400,
      maxPowerDbm: 16,
      source: AS923_RULE,
    },
  ],
}

/** The sub-band that holds the whole occupied channel, edges included; null when none does (LOR-1). */
export function subBandOf(region: Region, { frequency_hz, bandwidth_hz }: RadioSettings): SubBand | null {
  const low = frequency_hz - bandwidth_hz / 2
  const high = frequency_hz + bandwidth_hz / 2
  return SUB_BANDS[region].find(({ fromHz, toHz }) => fromHz <= low && high <= toHz) ?? null
}

/** @throws HearthError `lora_hardware_unsupported` when no rule of the region allows these settings, saying which field is wrong */
export function requireSubBand(region: Region, settings: RadioSettings, frameMs: number): SubBand {
  const band = subBandOf(region, settings)
  const refuse = (message: string, field: string): HearthError =>
    new HearthError('lora_hardware_unsupported', message, { data: { field } })
  if (!band) throw refuse('the channel is not whole within one sub-band', '/frequency_hz')
  if (band.dwellMs !== null && frameMs > band.dwellMs) throw refuse('one frame takes too long here', '/spreading_factor')
  if (settings.tx_power_dbm > band.maxPowerDbm) throw refuse('too strong for this sub-band', '/tx_power_dbm')
  return band
}
