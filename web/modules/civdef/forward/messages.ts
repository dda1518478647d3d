import { defineMessages, plural } from '../../../kit/i18n.tsx'

export const messages = defineMessages({
  de: {
    title: 'An eine andere Gemeinschaft weitergeben',
    intro:
      'Eine andere Gemeinschaft hat ihr eigenes Netz. Zeig ihr diesen Code, gib ihr die Datei oder teile sie. Dort wird alles noch einmal geprüft.',
    make: 'Weitergeben',
    save: 'Als Datei speichern',
    share: 'Teilen',
    shareTitle: 'Warnung aus HearthNet',
    hops: (n: number) => plural('de', n, { one: 'Sie kommt aus dieser Gemeinschaft.', other: 'Das ist ihre #. Station.' }),
    refused: {
      roles: 'Diese Warnung ist verschlüsselt und nur für Einsatzkräfte. Sie verlässt diese Gemeinschaft nicht.',
      channel: 'Wer diese Warnung gab, hat sie nur für diese Gemeinschaft bestimmt.',
      unbelieved: 'Was dieses Gerät nicht glaubt, gibt es nicht weiter.',
    },
    read: {
      title: 'Warnung aus einer anderen Gemeinschaft',
      intro: 'Sie trägt ihre Unterschriften bei sich. Noch ist nichts übernommen.',
      path: (n: number) =>
        plural('de', n, { one: 'Kommt aus # anderer Gemeinschaft.', other: 'Kam über # andere Gemeinschaften.' }),
      deliveries: {
        refuse: 'Dieses Gerät glaubt ihr nicht. Sie lässt sich nicht übernehmen.',
        hide: 'Sie stimmt, betrifft aber deinen Ort nicht. Andere in deiner Gemeinschaft kann sie betreffen.',
        list: 'Sie stimmt. Bei dir erscheint sie in der Liste, ohne Ton.',
        notify: 'Sie stimmt. Bei dir erscheint sie als Benachrichtigung.',
        alarm: 'Sie stimmt. Bei dir füllt sie den ganzen Bildschirm.',
      },
      keep: 'In die Gemeinschaft übernehmen',
      kept: 'Übernommen. Sie geht jetzt an alle hier.',
      known: 'Sie ist hier schon bekannt.',
      toAlert: 'Zur Warnung',
    },
  },
  en: {
    title: 'Pass it on to another community',
    intro:
      'Another community has a net of its own. Show it this code, give it the file or share it. Over there everything is checked once more.',
    make: 'Pass it on',
    save: 'Save as a file',
    share: 'Share',
    shareTitle: 'Alert from HearthNet',
    hops: (n) => plural('en', n, { one: 'It comes from this community.', other: 'This is its station no. #.' }),
    refused: {
      roles: 'This alert is encrypted and for responders only. It does not leave this community.',
      channel: 'Whoever gave this alert meant it for this community only.',
      unbelieved: 'What this device does not believe it does not pass on.',
    },
    read: {
      title: 'Alert from another community',
      intro: 'It carries its signatures with it. Nothing is brought in yet.',
      path: (n) => plural('en', n, { one: 'Comes from # other community.', other: 'Came through # other communities.' }),
      deliveries: {
        refuse: 'This device does not believe it. It cannot be brought in.',
        hide: 'It is right, but does not concern your place. It may concern others in your community.',
        list: 'It is right. With you it appears in the list, without a sound.',
        notify: 'It is right. With you it appears as a notification.',
        alarm: 'It is right. With you it fills the whole screen.',
      },
      keep: 'Bring it to the community',
      kept: 'Brought in. It goes to everybody here now.',
      known: 'It is known here already.',
      toAlert: 'To the alert',
    },
  },
})
