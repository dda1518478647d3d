import { defineMessages, plural } from '../../kit/i18n.tsx'
import { mirrorTitle, title } from './titles.ts'

export const messages = defineMessages({
  de: {
    title: title.de,
    intro:
      'Warnungen von Stellen, die sich ausweisen. Sie kommen auch an, wenn das Internet fehlt, und ersetzen weder NINA noch die Sirene.',
    drillTitle: (title: string) => `ÜBUNG: ${title}`,
    doors: { place: 'Mein Ort', bringIn: mirrorTitle.de, desk: 'Für den Einsatz' },
    noPlace: 'Du hast noch keinen Ort gewählt. Deshalb siehst du die Warnungen für alle Orte.',
    choosePlace: 'Ort wählen',
    placeIs: (place: string) => `Dein Ort: ${place}`,
    now: 'Jetzt',
    nothingNow: 'Für deinen Ort gilt gerade keine Warnung, von der dieses Gerät weiß.',
    before: 'Früher',
    nothingBefore: 'Hier steht später, was vorbei ist. Es bleibt nachlesbar.',
    elsewhere: 'Warum sehe ich das nicht?',
    elsewhereIntro: 'Diese Warnungen kennt dein Gerät. Sie betreffen dich nicht. Zu jeder steht, warum.',
    nothingElsewhere: 'Es gibt keine Warnung, die dein Gerät dir nicht zeigt.',
    sealed: (n: number, roles: string) =>
      plural('de', n, {
        one: `Dazu # verschlüsselte Meldung, nur für: ${roles}. Dein Gerät gibt sie weiter und kann sie nicht lesen.`,
        other: `Dazu # verschlüsselte Meldungen, nur für: ${roles}. Dein Gerät gibt sie weiter und kann sie nicht lesen.`,
      }),
    refused: 'Nicht geglaubt',
    refusedIntro: 'Diese Meldungen hat dein Gerät geprüft und abgewiesen. Verlass dich nicht darauf.',
    older: 'Ältere zeigen',
    states: { active: 'gilt jetzt', expired: 'abgelaufen', cancelled: 'zurückgenommen', replaced: 'durch eine neuere ersetzt' },
    allClear: 'Entwarnung',
    until: (time: string, when: string) => `gilt bis ${time} (${when})`,
    sent: (time: string) => `vom ${time}`,
    marks: {
      drill: 'Übung',
      foreign_role: 'Rolle hier unbekannt',
      mirror: 'amtliche Warnung, von jemandem hierher gebracht',
      clock: 'Uhrzeit passt nicht',
    },
    forPlaces: (places: string) => `für ${places}`,
    more: (n: number) => plural('de', n, { one: 'und # weiterer Ort', other: 'und # weitere Orte' }),
  },
  en: {
    title: title.en,
    intro:
      'Alerts from authorities that prove who they are. They arrive without the internet too, and replace neither NINA nor the siren.',
    drillTitle: (title) => `DRILL: ${title}`,
    doors: { place: 'My place', bringIn: mirrorTitle.en, desk: 'For responders' },
    noPlace: 'You have not chosen a place yet. So you see the alerts for all places.',
    choosePlace: 'Choose a place',
    placeIs: (place) => `Your place: ${place}`,
    now: 'Now',
    nothingNow: 'No alert that this device knows of applies to your place right now.',
    before: 'Before',
    nothingBefore: 'Here you will find what is over. It stays readable.',
    elsewhere: 'Why do I not see this?',
    elsewhereIntro: 'Your device knows these alerts. They do not concern you. Each says why.',
    nothingElsewhere: 'There is no alert that your device does not show you.',
    sealed: (n, roles) =>
      plural('en', n, {
        one: `Besides, # sealed message, only for: ${roles}. Your device passes it on and cannot read it.`,
        other: `Besides, # sealed messages, only for: ${roles}. Your device passes them on and cannot read them.`,
      }),
    refused: 'Not believed',
    refusedIntro: 'Your device has checked these messages and turned them away. Do not rely on them.',
    older: 'Show older ones',
    states: { active: 'valid now', expired: 'expired', cancelled: 'taken back', replaced: 'replaced by a newer one' },
    allClear: 'All clear',
    until: (time, when) => `valid until ${time} (${when})`,
    sent: (time) => `sent ${time}`,
    marks: {
      drill: 'Drill',
      foreign_role: 'role unknown here',
      mirror: 'official warning, brought here by somebody',
      clock: 'the time does not fit',
    },
    forPlaces: (places) => `for ${places}`,
    more: (n) => plural('en', n, { one: 'and # more place', other: 'and # more places' }),
  },
})
