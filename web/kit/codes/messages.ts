import { defineMessages } from '../i18n.tsx'

export const messages = defineMessages({
  de: {
    show: {
      qr: 'QR-Code zum Abscannen',
      part: (at: string, of: string) => `Code ${at} von ${of}`,
      partsIntro: (of: string) => `Es sind ${of} Codes. Zeige sie einen nach dem anderen; die Reihenfolge ist egal.`,
      next: 'Nächster Code',
      copy: 'Derselbe Inhalt als Text',
      noCamera: 'Ohne Kamera: als Text weitergeben',
    },
    take: {
      paste: 'Oder den Text hier einfügen',
      submit: 'Text übernehmen',
      collected: (have: string, of: string) => `${have} von ${of} Codes gelesen. Jetzt den nächsten.`,
      mixed: 'Diese Codes gehören nicht zusammen. Beginnt noch einmal mit dem ersten.',
      empty: 'Hier steht noch nichts.',
    },
  },
  en: {
    show: {
      qr: 'QR code to scan',
      part: (at, of) => `Code ${at} of ${of}`,
      partsIntro: (of) => `There are ${of} codes. Show them one after the other, in any order.`,
      next: 'Next code',
      copy: 'The same as text',
      noCamera: 'Without a camera: hand it over as text',
    },
    take: {
      paste: 'Or paste the text here',
      submit: 'Use the text',
      collected: (have, of) => `${have} of ${of} codes read. Now the next one.`,
      mixed: 'These codes do not belong together. Begin again with the first.',
      empty: 'There is nothing here yet.',
    },
  },
})
