import type { Titles } from '../../kit/i18n.tsx'

export const title: Titles = { de: 'Warnungen', en: 'Alerts' }
export const placeTitle: Titles = { de: 'Mein Ort und was ich bekomme', en: 'My place and what I receive' }
export const mirrorTitle: Titles = { de: 'Warnung übernehmen', en: 'Bring in a warning' }
