import { defineMessages, plural } from '../../kit/i18n.tsx'
import { title } from './titles.ts'

export const messages = defineMessages({
  de: {
    title: title.de,
    hello: (name: string) => `Hallo, ${name}`,
    intro: (community: string) => `Das ist der Stand in „${community}“, so wie dieses Gerät ihn kennt.`,
    here: {
      title: 'Wer gerade da ist',
      nobody: 'Gerade ist sonst niemand da. Was du schreibst, kommt an, sobald jemand HearthNet öffnet.',
      away: (n: number) =>
        plural('de', n, { one: '# Mitglied ist gerade nicht da', other: '# Mitglieder sind gerade nicht da' }),
      direct: 'direkt verbunden',
      relayed: 'über eine Box verbunden',
      connecting: 'wird verbunden',
      gone: 'nicht da',
      latency: (ms: string) => `${ms} ms`,
    },
    next: {
      title: 'Was du jetzt tun kannst',
      invite: {
        title: 'Jemanden einladen',
        alone: 'Du bist bisher allein hier. Lade die erste Nachbarin oder den ersten Nachbarn ein: mit QR-Code oder Link.',
        more: 'Je mehr mitmachen, desto eher ist jemand da, wenn es darauf ankommt.',
        action: 'Einladen',
      },
      claim: {
        title: 'Eine Aussage festhalten',
        text: 'Was weißt du, und woher? Alle in der Gemeinschaft können es lesen und prüfen.',
        action: 'Aussage machen',
      },
      evidence: {
        title: 'Belege ausprobieren',
        text: 'Haltet gemeinsam fest, was ihr wisst und worauf es sich stützt. Noch in Erprobung, deshalb ausgeschaltet.',
        action: 'Zu den Einstellungen',
      },
      ask: {
        title: 'Etwas fragen',
        text: 'Ein Sprachmodell antwortet, auf euren eigenen Geräten und ohne Internet.',
        action: 'Frage stellen',
      },
      recovery: {
        title: 'Schlüssel sichern',
        text: 'Geht dieses Gerät verloren, bist du ohne Sicherungsdatei für die anderen nicht mehr du.',
        action: 'Sicherungsdatei anlegen',
      },
    },
    claims: {
      title: 'Neueste Aussagen',
      all: 'Alle ansehen',
      empty: 'Noch hat niemand eine Aussage festgehalten.',
      by: (name: string, when: string) => `${name}, ${when}`,
    },
    about: {
      title: 'Was ist das hier?',
      text: 'HearthNet verbindet eure Browser direkt miteinander, ohne Firma dazwischen. Was ihr schreibt, ist unterschrieben und liegt auf euren Geräten. Fällt das Internet aus, geht es im Haus weiter.',
    },
  },
  en: {
    title: title.en,
    hello: (name) => `Hello, ${name}`,
    intro: (community) => `This is how “${community}” stands, as far as this device knows.`,
    here: {
      title: 'Who is here now',
      nobody: 'Nobody else is here right now. What you write arrives as soon as somebody opens HearthNet.',
      away: (n) => plural('en', n, { one: '# member is not here right now', other: '# members are not here right now' }),
      direct: 'connected directly',
      relayed: 'connected through a box',
      connecting: 'connecting',
      gone: 'not here',
      latency: (ms) => `${ms} ms`,
    },
    next: {
      title: 'What you can do now',
      invite: {
        title: 'Invite somebody',
        alone: 'You are the only one here so far. Invite your first neighbour, by QR code or by link.',
        more: 'The more take part, the more likely somebody is there when it matters.',
        action: 'Invite',
      },
      claim: {
        title: 'Make a claim',
        text: 'What do you know, and from where? Everybody in the community can read and check it.',
        action: 'Make a claim',
      },
      evidence: {
        title: 'Try evidence',
        text: 'Record together what you know and what it rests on. Still on trial, therefore switched off.',
        action: 'To the settings',
      },
      ask: {
        title: 'Ask something',
        text: 'A language model answers, on your own devices and without the internet.',
        action: 'Ask a question',
      },
      recovery: {
        title: 'Keep your key safe',
        text: 'Should this device get lost, without a recovery file you are no longer you to the others.',
        action: 'Create recovery file',
      },
    },
    claims: {
      title: 'Latest claims',
      all: 'See all',
      empty: 'Nobody has recorded a claim yet.',
      by: (name, when) => `${name}, ${when}`,
    },
    about: {
      title: 'What is this?',
      text: 'HearthNet connects your browsers directly, with no company in between. What you write is signed and lives on your devices. Should the internet fail, it goes on inside the house.',
    },
  },
})
