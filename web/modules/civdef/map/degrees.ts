import type { Language } from '../../../kit/i18n.tsx'

/** To ten metres. */
const DECIMALS = { maximumFractionDigits: 4 } as const
const FORMATS = { de: new Intl.NumberFormat('de', DECIMALS), en: new Intl.NumberFormat('en', DECIMALS) }

/** „6,4375°“ */
export const degreesIn = (language: Language, value: number): string => `${FORMATS[language].format(value)}°`
