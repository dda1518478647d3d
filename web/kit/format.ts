/** Numbers, times and sizes as one language writes them. Times are ms since 1970 or RFC 3339. */
export interface Format {
  readonly time: (at: number | string) => string
  readonly date: (at: number | string) => string
  readonly dateTime: (at: number | string) => string
  /** "vor 3 Minuten", against `now` (ms). */
  readonly relative: (at: number | string, now?: number) => string
  readonly bytes: (count: number) => string
  readonly number: (value: number) => string
  /** The largest fitting unit, for instance "90 Sekunden" or "3 Tage". @param ms length. */
  readonly duration: (ms: number) => string
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const UNITS = [
  { unit: 'day', ms: DAY },
  { unit: 'hour', ms: HOUR },
  { unit: 'minute', ms: MINUTE },
  { unit: 'second', ms: SECOND },
] as const
const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

// two of a unit before it is used: "90 Sekunden" says more than "1 Minute"
const unitFor = (ms: number) => UNITS.find((unit) => ms >= 2 * unit.ms || ms === unit.ms) ?? UNITS[3]

const byteUnit = (count: number) => {
  const power = Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, count)) / 3)))
  return { unit: BYTE_UNITS[power] ?? 'byte', value: count / 1000 ** power }
}

/** @param locale BCP 47, for instance `de`. */
export function createFormat(locale: string): Format {
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' })
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })

  return {
    time: (at) => time.format(new Date(at)),
    date: (at) => date.format(new Date(at)),
    dateTime: (at) => dateTime.format(new Date(at)),
    relative: (at, now = Date.now()) => {
      const away = new Date(at).getTime() - now
      if (Math.abs(away) < 45 * SECOND) return relative.format(0, 'second')
      const { unit, ms } = unitFor(Math.abs(away))
      return relative.format(Math.round(away / ms), unit)
    },
    bytes: (count) => {
      const { unit, value } = byteUnit(count)
      const options = { style: 'unit', unit, unitDisplay: unit === 'byte' ? 'long' : 'short' } as const
      const maximumFractionDigits = value < 10 && unit !== 'byte' ? 1 : 0
      // a number and its unit stay on one line; browsers write a space between them that breaks
      return new Intl.NumberFormat(locale, { ...options, maximumFractionDigits }).format(value).replace(/ /g, '\u00a0')
    },
    number: (value) => number.format(value),
    duration: (ms) => {
      const { unit, ms: size } = unitFor(ms)
      const options = { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 } as const
      return new Intl.NumberFormat(locale, options).format(ms / size)
    },
  }
}
