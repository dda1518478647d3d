import type { Titles } from '../../kit/i18n.tsx'

export const title: Titles = { de: 'Aussagen', en: 'Claims' }
export const newTitle: Titles = { de: 'Aussage machen', en: 'Make a claim' }
