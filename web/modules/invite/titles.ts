import type { Titles } from '../../kit/i18n.tsx'

export const title: Titles = { de: 'Einladen', en: 'Invite' }
export const startTitle: Titles = { de: 'Deine Gemeinschaft', en: 'Your community' }
export const joinTitle: Titles = { de: 'Einladung', en: 'Invitation' }
