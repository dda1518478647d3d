import type { Bbox, Point } from '#protocol/civdef/alert.ts'
import type { Delivery } from '#protocol/civdef/decision.ts'
import type { AlertRecord, AlertState } from '#protocol/civdef/records.ts'
import { type AlertSeverity, severityRank } from '#protocol/civdef/terms.ts'

/** What an alert says in one language. */
export interface Words {
  readonly language: string
  readonly title: string
  readonly body: string
  readonly instructions: readonly string[]
}

/** An area as it was drawn: a polygon, else a box. */
export interface Shape {
  readonly polygon?: readonly Point[]
  readonly bbox?: Bbox
}

/** What an alert and an official warning have in common for whoever reads them. */
export interface Told {
  readonly severity: AlertSeverity
  readonly drill: boolean
  /** Never empty; the first is the one it was written in. */
  readonly words: readonly [Words, ...Words[]]
  readonly from: string
  readonly until: string
  readonly regions: readonly string[]
  readonly shapes: readonly Shape[]
  /** The area in the words of an official warning; empty for our own. */
  readonly area: string
}

function atLeastOne(all: readonly Words[]): readonly [Words, ...Words[]] {
  const [first, ...rest] = all
  if (!first) throw new TypeError('an alert says something')
  return [first, ...rest]
}

export function toldOf({ alert, mirror }: Pick<AlertRecord, 'alert' | 'mirror'>): Told {
  if (alert) {
    const { language, title, body, instructions, variants, target, published_at, expires_at, severity, drill } = alert
    return {
      severity,
      drill,
      words: [{ language, title, body, instructions }, ...variants],
      from: published_at,
      until: expires_at,
      regions: [target.region],
      shapes: target.polygon || target.bbox ? [target] : [],
      area: '',
    }
  }
  if (!mirror) throw new TypeError('a record carries an alert or a mirror')
  const { severity, drill, wordings, sent_at, expires_at, regions, polygons, bbox, area } = mirror
  return {
    severity,
    drill,
    words: atLeastOne(wordings),
    from: sent_at,
    until: expires_at,
    regions,
    shapes: [...polygons.map((polygon) => ({ polygon })), ...(bbox ? [{ bbox }] : [])],
    area,
  }
}

const isIn = (language: string, { language: own }: { readonly language: string }): boolean =>
  own === language || own.startsWith(`${language}-`)

/** The words in a language, `de` or `en`; in the one it was written in where that is missing. */
export const wordsIn = <W extends { readonly language: string }>(words: readonly [W, ...W[]], language: string): W =>
  words.find((one) => isIn(language, one)) ?? words[0]

/** How it stands at a time: what ends by itself ends between two answers of the node. @param now ms since 1970 */
export function stateAt({ state, alert, mirror }: AlertRecord, now: number): AlertState {
  if (state !== 'active') return state
  return now >= Date.parse(toldOf({ alert, mirror }).until) ? 'expired' : 'active'
}

/** What is real before what is practised, what is worse before what is not, then the newest. */
function byUrgency(a: AlertRecord, b: AlertRecord): number {
  const [left, right] = [toldOf(a), toldOf(b)]
  return (
    Number(left.drill) - Number(right.drill) ||
    severityRank(right.severity) - severityRank(left.severity) ||
    right.from.localeCompare(left.from)
  )
}

const byTime = (a: AlertRecord, b: AlertRecord): number => toldOf(b).from.localeCompare(toldOf(a).from)

export interface Sorted {
  /** Active, and for this person; the most urgent first. */
  readonly now: readonly AlertRecord[]
  /** Over, and was for this person; the newest first. */
  readonly before: readonly AlertRecord[]
  /** True, and not for here. */
  readonly elsewhere: readonly AlertRecord[]
  /** Not believed. */
  readonly refused: readonly AlertRecord[]
}

/** @param deliveryOf what this device decided; undefined while it is being asked: shown rather than missing */
export function sorted(
  records: readonly AlertRecord[],
  deliveryOf: (key: string) => Delivery | undefined,
  now: number,
): Sorted {
  const mine = records.filter(({ key }) => !['hide', 'refuse'].includes(deliveryOf(key) ?? 'list'))
  const isNow = (record: AlertRecord): boolean => stateAt(record, now) === 'active'
  const of = (delivery: Delivery) => records.filter(({ key }) => deliveryOf(key) === delivery).sort(byTime)
  return {
    now: mine.filter(isNow).sort(byUrgency),
    before: mine.filter((record) => !isNow(record)).sort(byTime),
    elsewhere: of('hide'),
    refused: of('refuse'),
  }
}
