import type { Titles } from '../../kit/i18n.tsx'

export const title: Titles = { de: 'Was dieses Gerät ist', en: 'What this device is' }
export const implementationsTitle: Titles = { de: 'Bekannte Programme', en: 'Known programs' }
export const conformanceTitle: Titles = { de: 'Prüfung', en: 'Test' }
