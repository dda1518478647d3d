import { defineMessages, plural } from '../../../kit/i18n.tsx'

export const messages = defineMessages({
  de: {
    kinds: {
      new: (severity: string, title: string) => `${severity}: ${title}`,
      update: (severity: string, title: string) => `Neue Fassung. ${severity}: ${title}`,
      all_clear: (title: string) => `Entwarnung: ${title}`,
      cancelled: (title: string) => `Zurückgenommen: ${title}`,
      withdrawn: (title: string) => `Nicht mehr glaubhaft: ${title}`,
      official: (title: string) => `Amtliche Warnung, Abschrift: ${title}`,
    },
    drill: (words: string) => `ÜBUNG – ${words}`,
    official: (words: string) => `Abschrift einer amtlichen Warnung. ${words}`,
    foreign: (words: string) => `Rolle hier unbekannt. ${words}`,
    from: (body: string, from: string) => `${body} (Von: ${from})`.trim(),
    withdrawnBody: 'Der Ausweis hinter dieser Warnung wurde zurückgezogen. Verlass dich nicht mehr darauf.',
    ending: {
      own: 'Dein Ausweis läuft ab',
      issued: 'Ein Ausweis, den du ausgestellt hast, läuft ab',
      days: (title: string, days: number) =>
        plural('de', days, { one: `„${title}“ gilt noch # Tag.`, other: `„${title}“ gilt noch # Tage.` }),
      today: (title: string) => `„${title}“ läuft heute ab.`,
    },
    banner: {
      label: 'Warnungen',
      read: 'Gelesen',
      open: 'Öffnen',
      more: (n: number) => plural('de', n, { one: 'und # weitere Warnung', other: 'und # weitere Warnungen' }),
      all: 'Alle Warnungen',
      nowTitle: 'Jetzt aktiv',
      by: (from: string) => `Von: ${from}`,
    },
    notice: {
      todo: 'Das ist zu tun',
      from: (from: string) => `Von: ${from}`,
      until: (time: string) => `Gilt bis ${time}`,
      more: (n: number) =>
        plural('de', n, { one: 'Danach kommt # weitere Warnung.', other: 'Danach kommen # weitere Warnungen.' }),
      read: 'Gelesen',
      open: 'Alles lesen und antworten',
      sirens: 'Achte auch auf Sirenen, Radio und Lautsprecher. Notruf: 112.',
    },
  },
  en: {
    kinds: {
      new: (severity, title) => `${severity}: ${title}`,
      update: (severity, title) => `New version. ${severity}: ${title}`,
      all_clear: (title) => `All clear: ${title}`,
      cancelled: (title) => `Taken back: ${title}`,
      withdrawn: (title) => `No longer to be believed: ${title}`,
      official: (title) => `Official warning, copy: ${title}`,
    },
    drill: (words) => `DRILL – ${words}`,
    official: (words) => `Copy of an official warning. ${words}`,
    foreign: (words) => `Role unknown here. ${words}`,
    from: (body, from) => `${body} (From: ${from})`.trim(),
    withdrawnBody: 'The credential behind this alert has been taken back. Do not rely on it any more.',
    ending: {
      own: 'Your credential is about to end',
      issued: 'A credential that you issued is about to end',
      days: (title, days) =>
        plural('en', days, { one: `“${title}” is valid for # more day.`, other: `“${title}” is valid for # more days.` }),
      today: (title) => `“${title}” ends today.`,
    },
    banner: {
      label: 'Alerts',
      read: 'Read',
      open: 'Open',
      more: (n) => plural('en', n, { one: 'and # more alert', other: 'and # more alerts' }),
      all: 'All alerts',
      nowTitle: 'Active now',
      by: (from) => `From: ${from}`,
    },
    notice: {
      todo: 'What to do',
      from: (from) => `From: ${from}`,
      until: (time) => `Valid until ${time}`,
      more: (n) => plural('en', n, { one: '# more alert follows.', other: '# more alerts follow.' }),
      read: 'Read',
      open: 'Read all and answer',
      sirens: 'Listen for sirens, radio and loudspeakers too. Emergency number: 112.',
    },
  },
})
