import { defineMessages, plural } from '../../../../kit/i18n.tsx'
import { feedTitle } from '../titles.ts'

export const messages = defineMessages({
  de: {
    title: feedTitle.de,
    intro:
      'Für die Betreiberin oder den Betreiber der Box: Dieses Gerät kann eine Adresse mit amtlichen Warnungen (CAP oder NINA) alle fünf Minuten abfragen und sie als Abschrift weitergeben. Ohne Adresse fragt es niemanden.',
    state: 'Wie es steht',
    off: 'Ausgeschaltet. Es ist keine Adresse eingetragen, und niemand wird gefragt.',
    address: 'Adresse',
    asked: 'Zuletzt gefragt',
    never: 'noch nicht, das dauert höchstens eine halbe Minute',
    outcome: 'Antwort',
    outcomes: {
      never: 'noch keine',
      fresh: 'gelesen',
      unchanged: 'nichts Neues',
      unreachable: 'nicht zu erreichen',
      refused: 'nicht zu gebrauchen',
    },
    hints: {
      unreachable:
        'Vielleicht fehlt gerade das Internet. Sonst muss die Box die Adresse erlauben (Option --feed), und die andere Seite muss Anfragen aus dem Browser zulassen.',
      refused: 'Die Antwort war keine Warnung nach CAP 1.2 oder NINA, oder das Protokoll dieses Geräts ist gesperrt.',
    },
    kept: 'Davon neu übernommen',
    unreadable: 'Nicht lesbar',
    warnings: (n: number) => plural('de', n, { one: '# Warnung', other: '# Warnungen' }),
    change: 'Adresse ändern',
    field: 'Adresse der Quelle',
    fieldNote: 'Beginnt mit https://. Die andere Seite sieht dann die Internetadresse dieses Geräts, sonst nichts von euch.',
    bad: 'Das ist keine Adresse, die mit https:// beginnt.',
    save: 'Ab jetzt abfragen',
    stop: 'Ausschalten',
  },
  en: {
    title: feedTitle.en,
    intro:
      'For whoever runs the box: this device can ask an address with official warnings (CAP or NINA) every five minutes and pass them on as copies. Without an address it asks nobody.',
    state: 'How it stands',
    off: 'Switched off. No address is set, and nobody is asked.',
    address: 'Address',
    asked: 'Last asked',
    never: 'not yet, it takes half a minute at most',
    outcome: 'Answer',
    outcomes: {
      never: 'none yet',
      fresh: 'read',
      unchanged: 'nothing new',
      unreachable: 'cannot be reached',
      refused: 'of no use',
    },
    hints: {
      unreachable:
        'Perhaps there is no internet right now. Otherwise the box has to allow the address (option --feed), and the other side has to let browsers ask.',
      refused: 'The answer was no warning by CAP 1.2 or NINA, or the record of this device is blocked.',
    },
    kept: 'New and brought in',
    unreadable: 'Not readable',
    warnings: (n) => plural('en', n, { one: '# warning', other: '# warnings' }),
    change: 'Change the address',
    field: 'Address of the source',
    fieldNote: 'Begins with https://. The other side then sees the internet address of this device, and nothing else of you.',
    bad: 'This is no address that begins with https://.',
    save: 'Ask it from now on',
    stop: 'Switch off',
  },
})
