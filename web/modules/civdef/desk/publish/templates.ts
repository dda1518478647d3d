import type { AlertSeverity } from '#protocol/civdef/terms.ts'

export const BLANK = '___'

interface Words {
  readonly title: string
  readonly body: string
  readonly instructions: readonly string[]
}

/** A beginning for a common case, in both languages. `___` is for what only the person there knows, and must be filled in. */
export interface Template {
  readonly id: TemplateId
  readonly name: { readonly de: string; readonly en: string }
  readonly severity: AlertSeverity
  readonly drill: boolean
  /** How long it usually holds. */
  readonly minutes: number
  readonly de: Words
  readonly en: Words
}

export const TEMPLATE_IDS = ['boil_water', 'power_cut', 'flood', 'smoke', 'bomb', 'missing', 'drill'] as const
export type TemplateId = (typeof TEMPLATE_IDS)[number]

const HOUR = 60
const DAY = 24 * HOUR

// Texts of our own, after what every fire service says in such a case; whoever publishes reads and answers for them.
export const TEMPLATES: readonly Template[] = [
  {
    id: 'boil_water',
    name: { de: 'Trinkwasser abkochen', en: 'Boil drinking water' },
    severity: 'warning',
    drill: false,
    minutes: 3 * DAY,
    de: {
      title: 'Trinkwasser abkochen',
      body: 'Im Trinkwasser in ___ wurden Keime gefunden. Bitte trinkt es nur abgekocht, bis wir Entwarnung geben.',
      instructions: [
        'Wasser vor dem Trinken sprudelnd aufkochen und 10 Minuten abkühlen lassen',
        'Auch für Zähneputzen, Salat und Babynahrung nur abgekochtes Wasser nehmen',
        'Für Duschen und Toilette geht es ohne Abkochen',
        'Nachbarn Bescheid sagen, die das nicht lesen können',
      ],
    },
    en: {
      title: 'Boil your drinking water',
      body: 'Germs were found in the drinking water in ___. Please drink it only after boiling, until we give the all-clear.',
      instructions: [
        'Bring water to a rolling boil before drinking and let it cool for 10 minutes',
        'Use boiled water for brushing teeth, salad and baby food too',
        'No boiling is needed for showers and toilets',
        'Tell neighbours who cannot read this',
      ],
    },
  },
  {
    id: 'power_cut',
    name: { de: 'Stromausfall', en: 'Power cut' },
    severity: 'warning',
    drill: false,
    minutes: 12 * HOUR,
    de: {
      title: 'Stromausfall',
      body: 'In ___ ist der Strom ausgefallen. Er kommt voraussichtlich um ___ wieder. Hilfe gibt es hier: ___',
      instructions: [
        'Herd, Bügeleisen und Heizgeräte ausschalten',
        'Kerzen nie allein brennen lassen, kein Grill und kein Stromerzeuger im Haus',
        'Kühlschrank und Gefriertruhe geschlossen lassen',
        'Nach Nachbarn sehen, die Geräte zum Atmen oder einen Aufzug brauchen',
        'Den Notruf 112 nur im Notfall wählen',
      ],
    },
    en: {
      title: 'Power cut',
      body: 'The power is out in ___. It should be back at about ___. Help is available here: ___',
      instructions: [
        'Switch off cookers, irons and heaters',
        'Never leave candles alone; no grill and no generator indoors',
        'Keep fridge and freezer closed',
        'Look in on neighbours who need breathing aids or a lift',
        'Call 112 only in an emergency',
      ],
    },
  },
  {
    id: 'flood',
    name: { de: 'Hochwasser', en: 'Flood' },
    severity: 'emergency',
    drill: false,
    minutes: 12 * HOUR,
    de: {
      title: 'Hochwasser',
      body: 'Das Wasser der ___ steigt schnell. Betroffen sind: ___. Bringt euch jetzt in Sicherheit.',
      instructions: [
        'Keller und Tiefgaragen sofort verlassen und nicht mehr betreten',
        'In ein höheres Stockwerk gehen',
        'Nicht durch überflutete Straßen gehen oder fahren',
        'Strom im Keller nur abschalten, wenn der Boden noch trocken ist',
        'Bei Lebensgefahr 112 rufen',
      ],
    },
    en: {
      title: 'Flood',
      body: 'The water of the ___ is rising fast. Affected: ___. Get to safety now.',
      instructions: [
        'Leave cellars and underground garages at once and do not go back',
        'Go to a higher floor',
        'Do not walk or drive through flooded streets',
        'Switch off power in the cellar only while its floor is dry',
        'Call 112 if there is danger to life',
      ],
    },
  },
  {
    id: 'smoke',
    name: { de: 'Brand mit Rauch', en: 'Fire with smoke' },
    severity: 'warning',
    drill: false,
    minutes: 6 * HOUR,
    de: {
      title: 'Brand mit starkem Rauch',
      body: 'In ___ brennt es. Der Rauch zieht nach ___.',
      instructions: [
        'Fenster und Türen schließen',
        'Lüftung und Klimaanlage ausschalten',
        'Im Haus bleiben; wer draußen ist, geht quer zum Wind weg',
        'Den Bereich um ___ frei halten',
        'Den Notruf 112 nur im Notfall wählen',
      ],
    },
    en: {
      title: 'Fire with heavy smoke',
      body: 'There is a fire at ___. The smoke is drifting towards ___.',
      instructions: [
        'Close windows and doors',
        'Switch off ventilation and air conditioning',
        'Stay indoors; if outside, walk away across the wind',
        'Keep the area around ___ clear',
        'Call 112 only in an emergency',
      ],
    },
  },
  {
    id: 'bomb',
    name: { de: 'Bombenentschärfung', en: 'Bomb disposal' },
    severity: 'warning',
    drill: false,
    minutes: 12 * HOUR,
    de: {
      title: 'Bombenfund: Bereich räumen',
      body: 'In ___ wurde eine Bombe aus dem Krieg gefunden. Alle im Umkreis von ___ Metern müssen bis ___ Uhr ihre Häuser verlassen.',
      instructions: [
        'Ausweis, Medikamente, Babynahrung und Ladegerät mitnehmen',
        'Herd aus, Fenster und Türen schließen',
        'Sammelplatz: ___',
        'Wer nicht laufen kann, ruft an: ___',
        'Erst nach der Entwarnung zurückkehren',
      ],
    },
    en: {
      title: 'Bomb found: leave the area',
      body: 'A wartime bomb was found at ___. Everybody within ___ metres must leave their homes by ___.',
      instructions: [
        'Take ID, medicine, baby food and a charger',
        'Cooker off, close windows and doors',
        'Meeting point: ___',
        'If you cannot walk, call: ___',
        'Return only after the all-clear',
      ],
    },
  },
  {
    id: 'missing',
    name: { de: 'Vermisste Person', en: 'Missing person' },
    severity: 'advisory',
    drill: false,
    minutes: DAY,
    de: {
      title: 'Vermisst: bitte Augen offen halten',
      body: 'Gesucht wird ___, ___ Jahre alt, zuletzt gesehen um ___ Uhr in ___. Kleidung: ___',
      instructions: [
        'In Garten, Schuppen und Keller nachsehen',
        'Wer die Person sieht, ruft 110 und bleibt in der Nähe',
        'Keine Bilder weiterverbreiten',
      ],
    },
    en: {
      title: 'Missing: please keep your eyes open',
      body: 'We are looking for ___, aged ___, last seen at ___ in ___. Clothes: ___',
      instructions: [
        'Look in gardens, sheds and cellars',
        'If you see the person, call 110 and stay close',
        'Do not spread pictures',
      ],
    },
  },
  {
    id: 'drill',
    name: { de: 'Übung: Probewarnung', en: 'Drill: test alert' },
    severity: 'info',
    drill: true,
    minutes: 2 * HOUR,
    de: {
      title: 'Probewarnung',
      body: 'Das ist eine Übung. Es besteht keine Gefahr. Wir prüfen, ob unsere Warnungen überall ankommen.',
      instructions: ['Es ist nichts zu tun', 'Wer mitmacht, tippt auf „Angekommen“'],
    },
    en: {
      title: 'Test alert',
      body: 'This is a drill. There is no danger. We are checking whether our alerts arrive everywhere.',
      instructions: ['There is nothing to do', 'Whoever takes part taps “Received”'],
    },
  },
]
