import type { MemberLevel } from '#protocol/core/community.ts'
import type { AttestationRole } from '#protocol/evidence/events.ts'

/** Somebody in the sample set. They exist nowhere else. */
export interface SamplePerson {
  readonly name: string
  readonly level: MemberLevel
  readonly joinedDaysAgo: number
}

export interface SampleClaim {
  readonly by: string
  readonly daysAgo: number
  readonly subject: string
  readonly predicate: string
  readonly object: string
  /** `own` is the person's own observation; anything else a source id, with what it says. */
  readonly sources?: readonly (readonly [id: string, excerpt?: string])[]
  readonly confidence?: number
  /** Claims it rests on, by key. */
  readonly from?: readonly string[]
  readonly ttlDays?: number
}

export interface SampleVouch {
  readonly claim: string
  readonly by: string
  readonly daysAgo: number
  readonly role: AttestationRole
  readonly rationale: string
}

export interface SampleDispute {
  readonly claim: string
  readonly by: string
  readonly daysAgo: number
  readonly rationale: string
  readonly counterclaim?: string
  /** Taken back so many days ago. */
  readonly withdrawnDaysAgo?: number
}

export const PEOPLE: readonly SamplePerson[] = [
  { name: 'Gerda Peters (Beispiel)', level: 'anchor', joinedDaysAgo: 420 },
  { name: 'Hausmeister Tenhaeff (Beispiel)', level: 'trusted', joinedDaysAgo: 300 },
  { name: 'Murat Yıldız (Beispiel)', level: 'member', joinedDaysAgo: 120 },
  { name: 'Lena Koppers (Beispiel)', level: 'member', joinedDaysAgo: 40 },
]

const [GERDA, TENHAEFF, MURAT, LENA] = PEOPLE.map(({ name }) => name) as [string, string, string, string]
const page = (path: string, excerpt: string) => [`url:https://gemeinde.example/${path}`, excerpt] as const

/** Ten subjects as a village would have them: agreed and disputed, fresh and stale, first-hand and passed on. */
export const CLAIMS: Readonly<Record<string, SampleClaim>> = {
  sammelpunkt: {
    by: GERDA,
    daysAgo: 20,
    subject: 'Turnhalle der Grundschule',
    predicate: 'ist',
    object: 'Sammelpunkt bei Hochwasser',
    sources: [page('sammelpunkte', 'Treffpunkt ist die Turnhalle der Grundschule.'), ['own']],
    confidence: 0.95,
  },
  plaetze: {
    by: TENHAEFF,
    daysAgo: 18,
    subject: 'Turnhalle der Grundschule',
    predicate: 'hat Plätze für',
    object: '180 Personen',
    sources: [['own', 'Feldbetten gezählt, mit Gängen.']],
    from: ['sammelpunkt'],
  },
  schluessel: {
    by: LENA,
    daysAgo: 3,
    subject: 'Turnhalle der Grundschule',
    predicate: 'wird aufgeschlossen von',
    object: 'Hausmeister Tenhaeff',
    confidence: 0.6,
  },
  notstrom: {
    by: MURAT,
    daysAgo: 9,
    subject: 'Notstrom am Rathaus',
    predicate: 'reicht für',
    object: '48 Stunden',
    sources: [page('notstrom', 'Das Aggregat ist für 48 Stunden ausgelegt.')],
  },
  notstrom_kurz: {
    by: TENHAEFF,
    daysAgo: 6,
    subject: 'Notstrom am Rathaus',
    predicate: 'reicht für',
    object: '20 Stunden',
    sources: [['own', 'Der Tank war beim Probelauf nur halb voll.'], page('protokoll', 'Probelauf: 20 h')],
  },
  trinkwasser: {
    by: GERDA,
    daysAgo: 2,
    subject: 'Trinkwasser',
    predicate: 'ist',
    object: 'unbedenklich',
    sources: [page('wasserwerk/werte', 'Alle Werte im Normbereich.'), page('presse/wasser', 'Keine Beanstandungen.')],
  },
  abkochen: {
    by: LENA,
    daysAgo: 1,
    subject: 'Trinkwasser',
    predicate: 'ist',
    object: 'vor dem Trinken abzukochen',
    confidence: 0.4,
  },
  bruecke: {
    by: MURAT,
    daysAgo: 1,
    subject: 'Brücke über die Fleuth',
    predicate: 'ist',
    object: 'gesperrt',
    sources: [['own', 'Bauzaun auf beiden Seiten.']],
    ttlDays: 14,
  },
  umweg: {
    by: MURAT,
    daysAgo: 1,
    subject: 'Brücke über die Fleuth',
    predicate: 'wird umfahren über',
    object: 'die Mühlenstraße',
    from: ['bruecke'],
    confidence: 0.8,
  },
  defi: {
    by: TENHAEFF,
    daysAgo: 60,
    subject: 'Defibrillator',
    predicate: 'hängt',
    object: 'im Vorraum der Sparkasse, rund um die Uhr zugänglich',
    sources: [['own'], page('defi-karte', 'Sparkasse, Vorraum')],
  },
  defi_batterie: {
    by: TENHAEFF,
    daysAgo: 400,
    subject: 'Defibrillator',
    predicate: 'wurde geprüft am',
    object: 'Prüfplakette vom Vorjahr',
    sources: [['own']],
  },
  apotheke: {
    by: LENA,
    daysAgo: 5,
    subject: 'Rathaus-Apotheke',
    predicate: 'hat Notdienst',
    object: 'am Sonntag',
    sources: [page('notdienst', 'So.: Rathaus-Apotheke')],
    ttlDays: 7,
  },
  pegel: {
    by: GERDA,
    daysAgo: 1,
    subject: 'Hochwasserlage',
    predicate: 'Pegel der Fleuth steht bei',
    object: '1,42 m',
    sources: [['own'], page('pegel', '142 cm')],
    ttlDays: 2,
  },
  hochwasser: {
    by: GERDA,
    daysAgo: 1,
    subject: 'Hochwasserlage',
    predicate: 'ist',
    object: 'Stufe 1: beobachten',
    from: ['pegel', 'bruecke'],
    confidence: 0.7,
  },
  brunnen: {
    by: MURAT,
    daysAgo: 80,
    subject: 'Brunnen am Kirchplatz',
    predicate: 'liefert',
    object: 'Brauchwasser, kein Trinkwasser',
    sources: [['own', 'Schild: Kein Trinkwasser']],
  },
  feuerwehr: {
    by: TENHAEFF,
    daysAgo: 30,
    subject: 'Freiwillige Feuerwehr',
    predicate: 'ist ohne Netz erreichbar über',
    object: 'den Melder am Gerätehaus',
    sources: [['own'], page('feuerwehr', 'Melder am Tor')],
  },
  funk: {
    by: LENA,
    daysAgo: 12,
    subject: 'Freiwillige Feuerwehr',
    predicate: 'sucht',
    object: 'Helfer mit Funkschein',
  },
  lager: {
    by: GERDA,
    daysAgo: 15,
    subject: 'Sandsäcke',
    predicate: 'liegen',
    object: 'im Bauhof, Tor 2',
    sources: [page('bauhof', 'Sandsäcke: Tor 2')],
  },
}

export const VOUCHES: readonly SampleVouch[] = [
  {
    claim: 'sammelpunkt',
    by: TENHAEFF,
    daysAgo: 19,
    role: 'official record holder',
    rationale: 'Ich führe den Belegungsplan.',
  },
  { claim: 'sammelpunkt', by: MURAT, daysAgo: 10, role: 'first-hand witness', rationale: 'Bei der Übung waren wir alle dort.' },
  { claim: 'bruecke', by: LENA, daysAgo: 1, role: 'first-hand witness', rationale: 'Heute früh selbst davorgestanden.' },
  { claim: 'brunnen', by: GERDA, daysAgo: 70, role: 'expert', rationale: 'Früher im Wasserwerk gearbeitet.' },
  { claim: 'lager', by: TENHAEFF, daysAgo: 14, role: 'first-hand witness', rationale: 'Ich habe sie selbst gestapelt.' },
]

export const DISPUTES: readonly SampleDispute[] = [
  {
    claim: 'notstrom',
    by: TENHAEFF,
    daysAgo: 6,
    rationale: 'Beim Probelauf war nach 20 Stunden Schluss.',
    counterclaim: 'notstrom_kurz',
  },
  {
    claim: 'abkochen',
    by: GERDA,
    daysAgo: 1,
    rationale: 'Das galt im letzten Jahr; die Werte von heute sind gut.',
    counterclaim: 'trinkwasser',
  },
  {
    claim: 'lager',
    by: MURAT,
    daysAgo: 13,
    rationale: 'An Tor 2 standen nur Paletten.',
    withdrawnDaysAgo: 12,
  },
]
