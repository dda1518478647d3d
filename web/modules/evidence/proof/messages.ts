import { defineMessages } from '../../../kit/i18n.tsx'
import { checkTitle } from '../titles.ts'

export const messages = defineMessages({
  de: {
    takeAway: 'Mitnehmen',
    takeAwayIntro: 'Eine Datei mit allem, was zum Prüfen nötig ist: Aussagen, Bestätigungen, Widersprüche und Unterschriften.',
    formats: { proof: 'Nachweis speichern', trig: 'Als TriG speichern', jsonld: 'Als JSON-LD speichern' },
    toCheck: 'Einen Nachweis prüfen',
    title: checkTitle.de,
    intro: 'Geprüft wird hier im Browser. Die Datei verlässt dieses Gerät nicht, und niemand wird gefragt.',
    dropLabel: 'Datei zum Prüfen',
    drop: 'Lege einen Nachweis hierher, oder wähle die Datei aus.',
    choose: 'Datei wählen',
    verdicts: {
      sound: 'Alle Unterschriften stimmen',
      unsound: 'Hier stimmt etwas nicht',
      no_proof: 'Das ist kein Nachweis',
      unreadable: 'Diese Datei lässt sich nicht lesen',
    },
    verdictHints: {
      sound:
        'Nichts in der Datei wurde verändert. Ob noch etwas dazugehört, das nicht in der Datei steht, kann sie nicht zeigen.',
      unsound: 'Unten steht, was nicht stimmt. Verlass dich nur auf das, was als richtig aufgeführt ist.',
      no_proof: 'Die Datei hat nicht die Form eines Nachweises, oder sie ist zu groß.',
      unreadable: 'Wähle sie noch einmal.',
    },
    problems: 'Was nicht stimmt',
    holds: 'Was stimmt',
    holdsIntro:
      'Der Stand gilt ohne Widersprüche. Namen in Anführungszeichen nennt, wer die Datei gemacht hat; sicher ist nur die Kennung.',
    nothingHolds: 'Keine Aussage in dieser Datei ist richtig unterschrieben.',
    madeAt: (at: string) => `Gemacht am ${at}`,
    signedBy: 'Unterschrieben von',
    missing: (count: string) => `Nicht in der Datei: ${count} von den Aussagen, aus denen das folgt.`,
  },
  en: {
    takeAway: 'Take away',
    takeAwayIntro: 'One file with everything that checking takes: claims, attestations, disputes and signatures.',
    formats: { proof: 'Save proof', trig: 'Save as TriG', jsonld: 'Save as JSON-LD' },
    toCheck: 'Check a proof',
    title: checkTitle.en,
    intro: 'It is checked here in the browser. The file does not leave this device, and nobody is asked.',
    dropLabel: 'File to check',
    drop: 'Drop a proof here, or choose the file.',
    choose: 'Choose file',
    verdicts: {
      sound: 'All signatures are right',
      unsound: 'Something is wrong here',
      no_proof: 'This is no proof',
      unreadable: 'This file cannot be read',
    },
    verdictHints: {
      sound: 'Nothing in the file was changed. Whether something belongs to it that is not in the file, it cannot show.',
      unsound: 'Below is what is wrong. Rely only on what is listed as right.',
      no_proof: 'The file does not have the form of a proof, or it is too large.',
      unreadable: 'Choose it again.',
    },
    problems: 'What is wrong',
    holds: 'What is right',
    holdsIntro:
      'The standing is without disputes. Names in quotes are what the maker of the file says; only the ID is certain.',
    nothingHolds: 'No claim in this file is signed rightly.',
    madeAt: (at) => `Made on ${at}`,
    signedBy: 'Signed by',
    missing: (count) => `Not in the file: ${count} of the claims this follows from.`,
  },
})
