import { defineMessages, plural } from '../../../kit/i18n.tsx'
import { mirrorTitle } from '../titles.ts'

export const messages = defineMessages({
  de: {
    title: mirrorTitle.de,
    intro:
      'Hast du eine amtliche Warnung als Datei oder Text, oder eine aus einer anderen Gemeinschaft? Dann bring sie zu den anderen, die gerade kein Internet haben. Eine amtliche bleibt als Abschrift gekennzeichnet, mit deinem Namen als Überbringer.',
    input: 'Warnung einlesen',
    inputIntro: 'CAP 1.2 (XML), NINA/MoWaS (JSON) oder ein Code aus HearthNet. Gelesen wird sie nur auf diesem Gerät.',
    camera: 'Code von einem anderen Gerät abscannen',
    file: 'Datei wählen',
    paste: 'Oder den Text hier einfügen',
    look: 'Ansehen',
    problems: {
      empty: 'Hier steht noch nichts.',
      unknown:
        'Das ist weder eine CAP- noch eine NINA-Warnung, und kein Code einer anderen Gemeinschaft. Eine Webseite oder ein Bild lässt sich nicht übernehmen.',
      too_large: 'Das ist zu groß. Eine Warnung hat höchstens 512 000 Zeichen.',
      unreadable: 'Die Datei lässt sich nicht lesen.',
    },
    preview: 'Das steht darin',
    previewIntro: (n: number) =>
      plural('de', n, { one: '# Warnung. Noch ist nichts übernommen.', other: '# Warnungen. Noch ist nichts übernommen.' }),
    nothing: 'Darin ist keine Warnung, die sich übernehmen lässt.',
    check: 'Prüfe Absender und Text, bevor du sie weitergibst. Ob sie echt ist, kann dieses Gerät nicht beweisen.',
    keep: 'In die Gemeinschaft übernehmen',
    kept: (n: number) =>
      plural('de', n, {
        one: '# Warnung übernommen. Sie geht jetzt an alle.',
        other: '# Warnungen übernommen. Sie gehen jetzt an alle.',
      }),
    keptNone: 'Nichts übernommen: Diese Warnungen sind hier schon bekannt.',
    toList: 'Zu den Warnungen',
    kinds: { alert: 'Neue Warnung', update: 'Neue Fassung einer Warnung', cancel: 'Ende einer Warnung' },
    sender: 'Absender',
    sent: 'Gesendet',
    until: 'Gilt bis',
    area: 'Gebiet',
    places: (n: number) => plural('de', n, { one: '# Ort hier bekannt', other: '# Orte hier bekannt' }),
  },
  en: {
    title: mirrorTitle.en,
    intro:
      'Do you have an official warning as a file or text, or an alert of another community? Then bring it to the others, who have no internet right now. An official one stays marked as a copy, with your name as the one who brought it.',
    input: 'Read a warning',
    inputIntro: 'CAP 1.2 (XML), NINA/MoWaS (JSON) or a code of HearthNet. It is read on this device only.',
    camera: 'Scan a code from another device',
    file: 'Choose a file',
    paste: 'Or paste the text here',
    look: 'Look at it',
    problems: {
      empty: 'There is nothing here yet.',
      unknown:
        'This is neither a CAP nor a NINA warning, and no code of another community. A web page or a picture cannot be brought in.',
      too_large: 'This is too large. A warning has at most 512,000 characters.',
      unreadable: 'The file cannot be read.',
    },
    preview: 'This is in it',
    previewIntro: (n) =>
      plural('en', n, { one: '# warning. Nothing is brought in yet.', other: '# warnings. Nothing is brought in yet.' }),
    nothing: 'There is no warning in it that can be brought in.',
    check: 'Check sender and text before you pass it on. This device cannot prove that it is genuine.',
    keep: 'Bring it to the community',
    kept: (n) =>
      plural('en', n, {
        one: '# warning brought in. It goes to everybody now.',
        other: '# warnings brought in. They go to everybody now.',
      }),
    keptNone: 'Nothing brought in: these warnings are known here already.',
    toList: 'To the alerts',
    kinds: { alert: 'New warning', update: 'New version of a warning', cancel: 'End of a warning' },
    sender: 'Sender',
    sent: 'Sent',
    until: 'Valid until',
    area: 'Area',
    places: (n) => plural('en', n, { one: '# place known here', other: '# places known here' }),
  },
})
