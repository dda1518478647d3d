// what the shell says of pages that are not loaded yet
export const title = { de: 'Aussagen', en: 'Claims' } as const
export const newTitle = { de: 'Aussage machen', en: 'Make a claim' } as const
export const subjectTitle = { de: 'Was dazu gesagt wird', en: 'What is said about it' } as const
export const attestTitle = { de: 'Aussage bestätigen', en: 'Attest a claim' } as const
export const disputeTitle = { de: 'Aussage bestreiten', en: 'Dispute a claim' } as const
export const deskTitle = { de: 'Eingang', en: 'Inbox' } as const
export const checkTitle = { de: 'Nachweis prüfen', en: 'Check a proof' } as const
export const optionsTitle = { de: 'Aussagen einrichten', en: 'Set up claims' } as const
