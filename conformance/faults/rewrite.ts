import { FAULT_KEY, type Fault } from './fault.ts'

/** Told by the module that every rewritten one imports; no name of the app's begins like this. */
const ASK = '__hearthnetFault'
const NAMED = '__hearthnetFaultName'
export const SWITCH_MODULE = 'virtual:hearthnet-faults'

/**
 * Which fault is on: a worker is told by its own name, a window by its storage, Node by its environment. Asked once, when
 * the first rewritten module loads.
 */
export const SWITCH_CODE = `
const chosen = (() => {
  const told = /#fault=(.+)$/.exec(globalThis.name ?? '')
  if (told) return told[1]
  try {
    const kept = globalThis.localStorage?.getItem(${JSON.stringify(FAULT_KEY)})
    if (kept) return kept
  } catch {
    // a worker has no storage of this kind, and a window may be forbidden its own
  }
  return globalThis.process?.env?.HEARTHNET_FAULT ?? null
})()
export const isOn = (name) => name === chosen
export const name = chosen === null ? '' : '#fault=' + chosen
`

/** What the faulty build changes beside the faults: the window hands the name of the fault on to its worker. */
const HANDED_ON = {
  file: 'web/port/node-process.ts',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the source's own text
  original: '`hearthnet-worker-${ulid()}`',
  rewritten: `\`hearthnet-worker-\${ulid()}\${${NAMED}}\``,
} as const

export class MisplacedFault extends Error {}

/** The one place of a text in another. @throws MisplacedFault */
function placeOf(text: string, wanted: string, what: string): number {
  const first = text.indexOf(wanted)
  if (first < 0) throw new MisplacedFault(`${what}: not found: ${wanted}`)
  if (text.indexOf(wanted, first + 1) >= 0) throw new MisplacedFault(`${what}: found more than once: ${wanted}`)
  return first
}

interface Place {
  readonly start: number
  readonly end: number
  readonly statements: boolean
  readonly faults: Fault[]
  readonly inside: Place[]
}

function rangeOf(source: string, { name, at, original }: Fault): readonly [start: number, end: number] {
  const context = at === undefined ? 0 : placeOf(source, at, name)
  const start = at === undefined ? placeOf(source, original, name) : context + placeOf(at, original, name)
  return [start, start + original.length]
}

/** Puts a place where it belongs among others: beside, inside, or the same. @throws MisplacedFault where two overlap */
function insert(places: Place[], place: Place): void {
  for (const other of places) {
    if (place.start === other.start && place.end === other.end) {
      if (place.statements !== other.statements) throw new MisplacedFault(`${place.faults[0]?.name}: one place, two kinds`)
      other.faults.push(...place.faults)
      return
    }
    if (place.start >= other.start && place.end <= other.end) {
      insert(other.inside, place)
      return
    }
    if (place.start < other.end && other.start < place.end && !(place.start <= other.start && place.end >= other.end)) {
      throw new MisplacedFault(`${place.faults[0]?.name} overlaps ${other.faults[0]?.name}`)
    }
  }
  const held = places.filter(({ start, end }) => start >= place.start && end <= place.end)
  for (const other of held) {
    places.splice(places.indexOf(other), 1)
    insert(place.inside, other)
  }
  places.push(place)
}

function rendered(source: string, from: number, to: number, places: readonly Place[]): string {
  let text = ''
  let done = from
  for (const place of [...places].sort((a, b) => a.start - b.start)) {
    text += source.slice(done, place.start) + switched(source, place)
    done = place.end
  }
  return text + source.slice(done, to)
}

function switched(source: string, { start, end, statements, faults, inside }: Place): string {
  const original = rendered(source, start, end, inside)
  const asked = ({ name }: Fault): string => `${ASK}(${JSON.stringify(name)})`
  if (statements) {
    const branches = faults.map((fault) => `if (${asked(fault)}) { ${fault.faulty} } else `)
    return `${branches.join('')}{ ${original} }`
  }
  return `(${faults.map((fault) => `${asked(fault)} ? (${fault.faulty}) : `).join('')}(${original}))`
}

/** The files that the faulty build changes. */
export const filesOf = (faults: readonly Fault[]): ReadonlySet<string> =>
  new Set([...faults.map(({ file }) => file), HANDED_ON.file])

/**
 * A file's source with all its faults behind their switches; what it exports stays the same.
 * @throws MisplacedFault when the place of one is not found exactly once, or two get into each other's way
 */
export function rewritten(file: string, source: string, faults: readonly Fault[]): string {
  const places: Place[] = []
  for (const fault of faults.filter((one) => one.file === file)) {
    const [start, end] = rangeOf(source, fault)
    insert(places, { start, end, statements: fault.statements === true, faults: [fault], inside: [] })
  }
  const whole = rendered(source, 0, source.length, places)
  const imports = `import { isOn as ${ASK}, name as ${NAMED} } from '${SWITCH_MODULE}';`
  if (file !== HANDED_ON.file) return `${imports}${whole}`
  placeOf(whole, HANDED_ON.original, file)
  return `${imports}${whole.replace(HANDED_ON.original, () => HANDED_ON.rewritten)}`
}
