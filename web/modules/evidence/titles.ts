import type { Titles } from '../../kit/i18n.tsx'

export const title: Titles = { de: 'Aussagen', en: 'Claims' }
export const newTitle: Titles = { de: 'Aussage machen', en: 'Make a claim' }
export const subjectTitle: Titles = { de: 'Was dazu gesagt wird', en: 'What is said about it' }
export const attestTitle: Titles = { de: 'Aussage bestätigen', en: 'Attest a claim' }
export const disputeTitle: Titles = { de: 'Aussage bestreiten', en: 'Dispute a claim' }
export const deskTitle: Titles = { de: 'Eingang', en: 'Inbox' }
export const checkTitle: Titles = { de: 'Nachweis prüfen', en: 'Check a proof' }
export const optionsTitle: Titles = { de: 'Aussagen einrichten', en: 'Set up claims' }
