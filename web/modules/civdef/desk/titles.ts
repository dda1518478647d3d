import type { Titles } from '../../../kit/i18n.tsx'

export const deskTitle: Titles = { de: 'Einsatz', en: 'Operations' }
export const composeTitle: Titles = { de: 'Warnung geben', en: 'Give an alert' }
export const boardTitle: Titles = { de: 'Rückmeldungen', en: 'Answers' }
export const cosignTitle: Titles = { de: 'Zweite Unterschrift', en: 'Second signature' }
export const walletTitle: Titles = { de: 'Meine Ausweise', en: 'My credentials' }
export const ceremonyTitle: Titles = { de: 'Ausweis ausstellen', en: 'Issue a credential' }
export const holdersTitle: Titles = { de: 'Wer welchen Ausweis hat', en: 'Who holds which credential' }
export const rootsTitle: Titles = { de: 'Anerkannte Stellen', en: 'Recognised authorities' }
export const auditTitle: Titles = { de: 'Protokoll', en: 'Record' }
export const feedTitle: Titles = { de: 'Amtliche Quelle', en: 'Official source' }
export const drillTitle: Titles = { de: 'Übung', en: 'Drill' }
