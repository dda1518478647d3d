import { defineMessages, plural } from '../../../kit/i18n.tsx'
import { computersTitle, modelsTitle, title } from '../titles.ts'

export const messages = defineMessages({
  de: {
    doors: { label: 'Fragen, Rechner und Modelle', ask: title.de, computers: computersTitle.de, models: modelsTitle.de },
    names: {
      me: 'Dieses Gerät',
      meWithin: 'dieses Gerät',
      of: (name: string) => `Das Gerät von ${name}`,
      ofWithin: (name: string) => `das Gerät von ${name}`,
      unknown: (id: string) => `Gerät ${id}`,
    },
    model: {
      demonstration: 'Vorführmodell',
      demonstrationHint: 'Es zeigt, wie es geht, und kennt nur seinen kleinen Text: Wasser, Strom, Heizung, Erste Hilfe, Funk.',
    },
    layer: (n: string) => `Schicht\u00a0${n}`,
    layers: (first: string, last: string) => `Schichten ${first}\u00a0bis\u00a0${last}`,
    allLayers: (count: string) => `alle ${count}\u00a0Schichten`,
    uncovered: (layers: string) => `Ein Teil des Modells ist gerade bei niemandem: ${layers}. Jemand muss ihn anbieten.`,
    tooLarge:
      'Dieses Modell braucht mehr Arbeitsspeicher, als auf diesem Gerät dafür da ist. Es wurde nicht geladen. Unter „Unsere Rechner“ lässt sich mehr Speicher einstellen, und Nachbarn können Teile davon anbieten.',
    consent: {
      title: 'Wer mitrechnet, kann mitlesen',
      text: 'Für diese Antwort rechnen andere Geräte mit. Aus dem, was sie dafür bekommen, lässt sich deine Frage erschließen, und auch die Antwort.',
      who: 'Mitrechnen dürfen nur Geräte, denen deine Gemeinschaft vertraut. HearthNet hebt dort nichts davon auf.',
      careful: 'Frage gemeinsam nichts, was diese Nachbarn nicht wissen sollen.',
      agree: 'Einverstanden',
      alone: 'Nur dieses Gerät fragen',
      cancel: 'Nicht fragen',
      given: (when: string) => `Seit ${when} einverstanden, dass mitlesen kann, wer mitrechnet.`,
      notGiven: 'Noch nicht zugestimmt. Gefragt wirst du, bevor zum ersten Mal andere mitrechnen.',
      section: 'Mitlesen',
      sectionIntro: 'Wer für deine Fragen mitrechnet, kann sie und die Antworten erschließen.',
      revoke: 'Zustimmung zurücknehmen',
    },
    failover: {
      lost: (who: string) => `${who} ist weg.`,
      stalled: (who: string) => `${who} antwortet nicht mehr.`,
      corrupt: (who: string) => `${who} hat etwas Unmögliches gerechnet und ist nicht mehr dabei.`,
      lied: (who: string) => `${who} hat falsch gerechnet und ist nicht mehr dabei.`,
      refused: (who: string) => `${who} wollte nicht weiterrechnen.`,
      goesOn: (who: string) => `${who} macht weiter.`,
      nobody: 'Niemand konnte einspringen.',
      looking: 'Ein Ersatz wird gesucht.',
      stall: (seconds: string) => `Pause: ${seconds}\u00a0s.`,
    },
    late: (who: string, times: number, other: string) =>
      `${who} war ${plural('de', times, { one: '# Mal', other: '# Mal' })} spät dran. ${other} hat dasselbe auch gerechnet und war schneller.`,
  },
  en: {
    doors: { label: 'Ask, computers and models', ask: title.en, computers: computersTitle.en, models: modelsTitle.en },
    names: {
      me: 'This device',
      meWithin: 'this device',
      of: (name) => `${name}’s device`,
      ofWithin: (name) => `${name}’s device`,
      unknown: (id) => `Device ${id}`,
    },
    model: {
      demonstration: 'Demonstration model',
      demonstrationHint: 'It shows how it works, and knows only its little text: water, power, heating, first aid, radio.',
    },
    layer: (n) => `layer\u00a0${n}`,
    layers: (first, last) => `layers ${first}\u00a0to\u00a0${last}`,
    allLayers: (count) => `all ${count}\u00a0layers`,
    uncovered: (layers) => `Nobody has a part of the model right now: ${layers}. Somebody has to offer it.`,
    tooLarge:
      'This model needs more memory than this device has set aside for it. It was not loaded. Under “Our computers” more memory can be set aside, and neighbours can offer parts of it.',
    consent: {
      title: 'Whoever takes part can read along',
      text: 'Other devices take part in computing this answer. From what passes through them, your question can be worked out, and so can the answer.',
      who: 'Only devices that your community trusts may take part. HearthNet keeps nothing of it there.',
      careful: 'When others take part, do not ask anything that these neighbours should not know.',
      agree: 'I agree',
      alone: 'Ask this device only',
      cancel: 'Do not ask',
      given: (when) => `You agreed on ${when} that whoever takes part can read along.`,
      notGiven: 'Not agreed yet. You are asked before others take part for the first time.',
      section: 'Reading along',
      sectionIntro: 'Whoever computes for you can work out your questions and the answers.',
      revoke: 'Take back the consent',
    },
    failover: {
      lost: (who) => `${who} is gone.`,
      stalled: (who) => `${who} no longer answers.`,
      corrupt: (who) => `${who} computed something impossible and no longer takes part.`,
      lied: (who) => `${who} computed wrongly and no longer takes part.`,
      refused: (who) => `${who} did not want to go on.`,
      goesOn: (who) => `${who} goes on.`,
      nobody: 'Nobody could step in.',
      looking: 'A replacement is being looked for.',
      stall: (seconds) => `Pause: ${seconds}\u00a0s.`,
    },
    late: (who, times, other) =>
      `${who} was late ${plural('en', times, { one: 'once', other: '# times' })}. ${other} computed the same, too, and was quicker.`,
  },
})
