import { airtimeMs } from '#protocol/lora/airtime.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import { settings } from './make.ts'

const HOUR = 3_600_000

type Change = Parameters<typeof settings>[0]

/** Milliseconds to the third decimal: what is computed with floats differs behind it. */
export const rounded = (ms: number): number => Number(ms.toFixed(3))

function airtime(): VectorSource {
  const of = (name: string, comment: string, change: Change, payload_bytes = 32): Vector => {
    const radio = settings(change)
    return good(name, comment, { payload_bytes, settings: radio }, { airtime_ms: rounded(airtimeMs(payload_bytes, radio)) })
  }
  return {
    name: 'airtime',
    operation: 'lora.airtime',
    rule: 'LOR-1',
    about: 'How long a frame is on the air: explicit header, CRC, low-data-rate optimisation from symbols over 16 ms.',
    vectors: [
      ...[7, 8, 9, 10, 11, 12].map((spreading_factor) =>
        of(`SF${spreading_factor}`, 'A beacon and nothing else', { spreading_factor }),
      ),
      of('with 16 bytes of a firmware’s own', 'What the stick adds is on the air, too', {}, 48),
      of('without a payload', 'The part that never gets negative', { spreading_factor: 12 }, 0),
      of('250 kHz', 'Twice as wide, half as long', { bandwidth_hz: 250_000 }),
      of('62.5 kHz at SF10', 'A symbol over 16 ms below SF11', { bandwidth_hz: 62_500 }),
      of('SF11 at 250 kHz', 'A symbol below 16 ms above SF10', { spreading_factor: 11, bandwidth_hz: 250_000 }),
      of('code rate 4/8', 'Eight for four', { coding_rate: 8 }),
      of('a preamble of 16', 'Eight symbols more', { preamble_symbols: 16 }),
    ],
  }
}

function subBands(): VectorSource {
  const inputOf = (region: string, change: Change) => ({ region, frame_bytes: 32, settings: settings(change) })
  const yes = (name: string, comment: string, region: string, change: Change, expected: object): Vector =>
    good(name, comment, inputOf(region, change), expected)
  const no = (name: string, catches: string, region: string, change: Change): Vector =>
    bad(name, catches, inputOf(region, change), 'lora_hardware_unsupported')
  const wide = { sub_band: '869.4-869.65', limit_ms: 360_000, window_seconds: 3600 }
  return {
    name: 'sub-band',
    operation: 'lora.sub_band',
    rule: 'LOR-1',
    about: 'The row of the table that a beacon with these settings falls under.',
    vectors: [
      yes('the usual channel', '10 %', 'EU868', {}, wide),
      yes('at its lower edge', 'Half a channel above the edge', 'EU868', { frequency_hz: 869_462_500 }, wide),
      yes('250 kHz, exactly within', 'From edge to edge', 'EU868', { bandwidth_hz: 250_000 }, wide),
      yes('27 dBm where 27 are allowed', 'The one strong sub-band', 'EU868', { tx_power_dbm: 27 }, wide),
      yes(
        '868.3 MHz',
        '1 %',
        'EU868',
        { frequency_hz: 868_300_000 },
        {
          ...{ sub_band: '868.0-868.6', limit_ms: 36_000, window_seconds: 3600 },
        },
      ),
      yes(
        '864 MHz',
        '0.1 %',
        'EU868',
        { frequency_hz: 864_000_000 },
        {
          ...{ sub_band: '863.0-865.0', limit_ms: 3600, window_seconds: 3600 },
        },
      ),
      yes(
        '915 MHz in US915',
        '400 ms in 20 s',
        'US915',
        { frequency_hz: 915_000_000, spreading_factor: 9 },
        {
          ...{ sub_band: '902.0-928.0', limit_ms: 400, window_seconds: 20 },
        },
      ),
      no('one hertz below the lower edge', 'the middle of the channel decides', 'EU868', { frequency_hz: 869_462_499 }),
      no('250 kHz, one kHz too high', 'the channel is taken to be narrow', 'EU868', {
        ...{ frequency_hz: 869_526_000, bandwidth_hz: 250_000 },
      }),
      no('between two sub-bands, where the alarms are', 'the next sub-band is near enough', 'EU868', {
        frequency_hz: 868_650_000,
      }),
      no('across the border of two sub-bands', 'the middle of the channel decides', 'EU868', { frequency_hz: 868_000_000 }),
      no('20 dBm where 14 are allowed', 'power is not looked at', 'EU868', { frequency_hz: 868_300_000, tx_power_dbm: 20 }),
      no('the channel of another region', 'regions are not looked at', 'EU868', { frequency_hz: 915_000_000 }),
      no('SF10 in US915', 'a frame may take its time', 'US915', { frequency_hz: 915_000_000 }),
      no('SF12 in AS923', 'a frame may take its time', 'AS923', { frequency_hz: 923_200_000, spreading_factor: 12 }),
    ],
  }
}

type Sent = readonly [at_ms: number, airtime_ms: number, sub_band?: string]

function budget(): VectorSource {
  const of = (name: string, comment: string, sends: readonly Sent[], rest: object, used_ms: number, wait_ms: number | null) =>
    good(
      name,
      comment,
      {
        ...{ region: 'EU868', sub_band: '868.0-868.6', at_ms: 0, airtime_ms: 1000, spare_ms: 0 },
        sends: sends.map(([at_ms, airtime_ms, sub_band = '868.0-868.6']) => ({ at_ms, airtime_ms, sub_band })),
        ...rest,
      },
      { used_ms, wait_ms },
    )
  const spent: readonly Sent[] = [
    [0, 20_000],
    [600_000, 16_000],
  ]
  return {
    name: 'budget',
    operation: 'lora.budget',
    rule: 'LOR-1',
    about: 'Airtime in a sliding hour, here 36 s. `wait_ms` is null where no waiting helps.',
    vectors: [
      of('nothing sent', 'It may go', [], {}, 0, 0),
      of('exactly as much as there is', 'The limit itself is allowed', [[0, 35_000]], { at_ms: 1000 }, 35_000, 0),
      of(
        'a millisecond too much',
        'It waits until the first one is an hour old',
        [[0, 35_001]],
        { at_ms: 1000 },
        35_001,
        HOUR - 1000,
      ),
      of('used up', 'Until the oldest is an hour old', spent, { at_ms: 700_000 }, 36_000, HOUR - 700_000),
      of(
        'used up, for more than the oldest frees',
        'Until the second is an hour old',
        spent,
        {
          ...{ at_ms: 700_000, airtime_ms: 21_000 },
        },
        36_000,
        HOUR - 100_000,
      ),
      of('an hour later', 'What is as old as the window is out of it', spent, { at_ms: HOUR }, 16_000, 0),
      of('another sub-band', 'Each has its own', [[0, 36_000, '865.0-868.0']], {}, 0, 0),
      of('more than there ever is', 'No waiting helps', [], { airtime_ms: 36_001 }, 0, null),
      of(
        'with room to be left for a call',
        'Spare room counts',
        [[0, 33_000]],
        { at_ms: 1000, spare_ms: 3000 },
        33_000,
        HOUR - 1000,
      ),
      of('spare room larger than the limit', 'What cannot be spared is not spared', [], { spare_ms: 99_000 }, 0, 0),
      of('after a restart', 'A restart frees nothing', spent, { at_ms: 700_000, restart: true }, 36_000, HOUR - 700_000),
      of(
        'the clock set back a day',
        'A clock frees nothing and blocks nothing for ever',
        spent,
        {
          ...{ at_ms: 700_000, clock_set_ms: -24 * HOUR },
        },
        36_000,
        HOUR - 700_000,
      ),
      of(
        'the clock set forward a day',
        'A clock frees nothing',
        spent,
        {
          ...{ at_ms: 700_000, clock_set_ms: 24 * HOUR },
        },
        36_000,
        HOUR - 700_000,
      ),
      of(
        'the clock set back a day, and a restart',
        'What seems sent in the future counts as sent now',
        spent,
        {
          ...{ at_ms: 700_000, clock_set_ms: -24 * HOUR, restart: true },
        },
        36_000,
        HOUR,
      ),
    ],
  }
}

export const channel = (): readonly VectorSource[] => [airtime(), subBands(), budget()]
