import type { Titles } from '../../kit/i18n.tsx'

export const title: Titles = { de: 'Fragen', en: 'Ask' }
export const computersTitle: Titles = { de: 'Unsere Rechner', en: 'Our computers' }
export const modelsTitle: Titles = { de: 'Modelle', en: 'Models' }
