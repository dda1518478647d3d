import { type Language, useLanguage } from '../../kit/i18n.tsx'

export interface Megahertz {
  /** "869,525 MHz": to the kilohertz, for a channel is no round number. @param hz */
  readonly frequency: (hz: number) => string
  /** "869,4–869,65 MHz". @param name of a sub-band: its limits in MHz, as `869.4-869.65` */
  readonly band: (name: string) => string
}

export function megahertzIn(language: Language): Megahertz {
  const { format } = new Intl.NumberFormat(language, { maximumFractionDigits: 3 })
  return {
    frequency: (hz) => `${format(hz / 1e6)} MHz`,
    band: (name) =>
      `${name
        .split('-')
        .map((limit) => format(Number(limit)))
        .join('–')} MHz`,
  }
}

export const useMegahertz = (): Megahertz => megahertzIn(useLanguage().language)
