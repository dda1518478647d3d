import type { Titles } from '../../kit/i18n.tsx'

export const title: Titles = { de: 'Übersicht', en: 'Overview' }
