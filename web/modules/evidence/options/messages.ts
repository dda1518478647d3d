import { defineMessages } from '../../../kit/i18n.tsx'
import { optionsTitle } from '../titles.ts'

export const messages = defineMessages({
  de: {
    title: optionsTitle.de,
    lists: {
      title: 'Deine Reihenfolge',
      intro:
        'Wessen Aussagen stehen bei dir weiter oben oder unten? Das gilt nur auf diesem Gerät. Es verbirgt nichts und ändert keinen Stand.',
      alone: 'Außer dir ist noch niemand hier.',
      ranks: { allowed: 'weiter oben', neutral: 'wie alle', blocked: 'weiter unten' },
    },
    sample: {
      title: 'Beispiele',
      intro: 'Zehn Themen zum Umsehen. Sie liegen nur auf diesem Gerät, und beim Entfernen bleibt nichts davon zurück.',
      load: 'Beispiele laden',
      remove: 'Beispiele entfernen',
      loaded: { one: '# Beispiel ist geladen.', other: '# Beispiele sind geladen.' },
    },
    hub: {
      title: 'Wissensspeicher',
      intro:
        'Ein Dienst außerhalb der Gemeinschaft, zum Beispiel beim Kreis. Ohne ihn geht alles andere auch. Was von dort kommt, wartet, bis du es übernimmst.',
      ebkh: 'Genaue Bezeichnung: EBKH, JSON-RPC 2.0',
      endpoint: 'Adresse',
      endpointHint: 'Zum Beispiel https://wissen.kreis.example/rpc',
      noAddress: 'Das ist keine vollständige Adresse. Sie beginnt mit https://.',
      token: 'Zugangsschlüssel',
      tokenHint: 'Ihn stellt der Wissensspeicher für dieses Gerät aus. Er wird hier verwahrt und nie wieder angezeigt.',
      noToken: 'Hier fehlt der Zugangsschlüssel.',
      showToken: 'Eingabe zeigen oder verbergen',
      connect: 'Verbinden',
      identity: 'Kennung',
      tokenUntil: 'Zugang bis',
      disconnect: 'Verbindung trennen',
      disconnectTitle: 'Verbindung trennen?',
      disconnectBody: 'Adresse und Zugangsschlüssel werden auf diesem Gerät vergessen. Was du übernommen hast, bleibt.',
      admitAll: 'Alles von dort gleich übernehmen',
      admitHint:
        'Es steht dann sofort bei allen in der Gemeinschaft, gesagt vom Wissensspeicher. Ohne dies wartet es im Eingang.',
      directions: { pull: 'Abholen', push: 'Hinschicken', bidi: 'Beides' },
      syncing: 'Der Abgleich läuft …',
      whole: (at: string) => `Vollständig abgeglichen am ${at}`,
      partial: (at: string) => `Nur teilweise abgeglichen am ${at}`,
      report: (pulled: string, pushed: string, refused: string) =>
        `Geholt: ${pulled}. Hingeschickt: ${pushed}. Abgelehnt, weil etwas nicht stimmt: ${refused}.`,
      reason: 'Grund:',
      toInbox: 'Zum Eingang',
      ask: 'Beim Wissensspeicher nachfragen',
      asked: (pulled: string, known: string, refused: string) =>
        `Neu im Eingang: ${pulled}. Schon bekannt: ${known}. Abgelehnt, weil etwas nicht stimmt: ${refused}.`,
      half: 'Die Antwort kam nur zum Teil an.',
      area: {
        title: 'Nach einem Ort fragen',
        latitude: 'Breite in Grad',
        longitude: 'Länge in Grad',
        radius: 'Umkreis',
        km: (km: string) => `${km} km`,
        predicate: 'Wonach',
        predicateHint: 'Zum Beispiel „liegt bei“ oder „Notbrunnen“',
        ask: 'In diesem Umkreis nachfragen',
        wrong: {
          latitude: 'Eine Zahl von −90 bis 90, zum Beispiel 51,54.',
          longitude: 'Eine Zahl von −180 bis 180, zum Beispiel 6,43.',
          predicate: 'Hier fehlt, wonach du fragst.',
        },
      },
    },
  },
  en: {
    title: optionsTitle.en,
    lists: {
      title: 'Your order',
      intro:
        'Whose claims stand further up or down for you? This holds on this device only. It hides nothing and changes no standing.',
      alone: 'Nobody but you is here yet.',
      ranks: { allowed: 'further up', neutral: 'like all', blocked: 'further down' },
    },
    sample: {
      title: 'Examples',
      intro: 'Ten subjects to look around in. They lie on this device only, and nothing of them stays when they are removed.',
      load: 'Load examples',
      remove: 'Remove examples',
      loaded: { one: '# example is loaded.', other: '# examples are loaded.' },
    },
    hub: {
      title: 'Knowledge hub',
      intro:
        'A service outside the community, for instance of the county. Everything else works without it. What comes from there waits until you accept it.',
      ebkh: 'Exact name: EBKH, JSON-RPC 2.0',
      endpoint: 'Address',
      endpointHint: 'For example https://knowledge.county.example/rpc',
      noAddress: 'This is not a complete address. It begins with https://.',
      token: 'Access key',
      tokenHint: 'The hub issues it for this device. It is kept here and never shown again.',
      noToken: 'The access key is missing.',
      showToken: 'Show or hide what is typed',
      connect: 'Connect',
      identity: 'ID',
      tokenUntil: 'Access until',
      disconnect: 'Disconnect',
      disconnectTitle: 'Disconnect?',
      disconnectBody: 'Address and access key are forgotten on this device. What you accepted stays.',
      admitAll: 'Accept everything from there at once',
      admitHint:
        'It then stands with everybody in the community right away, said by the hub. Without this it waits in the inbox.',
      directions: { pull: 'Fetch', push: 'Send', bidi: 'Both' },
      syncing: 'Exchanging …',
      whole: (at) => `Complete exchange on ${at}`,
      partial: (at) => `Only partly exchanged on ${at}`,
      report: (pulled, pushed, refused) =>
        `Fetched: ${pulled}. Sent: ${pushed}. Refused, because something is wrong: ${refused}.`,
      reason: 'Reason:',
      toInbox: 'To the inbox',
      ask: 'Ask the knowledge hub',
      asked: (pulled, known, refused) =>
        `New in the inbox: ${pulled}. Known already: ${known}. Refused, because something is wrong: ${refused}.`,
      half: 'Only part of the answer arrived.',
      area: {
        title: 'Ask about a place',
        latitude: 'Latitude in degrees',
        longitude: 'Longitude in degrees',
        radius: 'Within',
        km: (km) => `${km} km`,
        predicate: 'What for',
        predicateHint: 'For example “is at” or “emergency well”',
        ask: 'Ask about this area',
        wrong: {
          latitude: 'A number from −90 to 90, for example 51.54.',
          longitude: 'A number from −180 to 180, for example 6.43.',
          predicate: 'What you ask for is missing.',
        },
      },
    },
  },
})
