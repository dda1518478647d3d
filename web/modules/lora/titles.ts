import type { Titles } from '../../kit/i18n.tsx'

export const title: Titles = { de: 'Funk', en: 'Radio' }
export const stickTitle: Titles = { de: 'Funkstick', en: 'Radio stick' }
export const peerTitle: Titles = { de: 'Wer ist das?', en: 'Who is this?' }
