import { logIn } from '../workers/modules/civdef/audit/attached.ts'
import { type StandaloneReport, verifyAuditExport } from '../workers/modules/civdef/audit/standalone.ts'
import { CAVEAT_WORDS, type Language, problemText } from '../workers/modules/civdef/audit/standalone-words.ts'

// The page of `verify-audit.html`: bundled into it by build-verifier.mjs, so that one file does it all with no network (AUD-5).

const WORDS = {
  de: {
    other: 'English',
    title: 'Protokoll prüfen',
    intro:
      'Diese Seite prüft ein Protokoll des Zivilschutzes aus HearthNet. Sie rechnet auf Ihrem Gerät. Nichts verlässt es, und ein Netz braucht sie nicht.',
    drop: 'Datei hierher ziehen oder auswählen: .jsonl, oder das .pdf, in dem sie steckt',
    busy: 'Es wird gerechnet …',
    damaged: '✗ In diesem PDF steckt kein Protokoll, oder es ist beschädigt.',
    good: '✓ Das Protokoll hält.',
    bad: '✗ Das Protokoll hält nicht.',
    printed: 'Geprüft wurde die Datei, die im PDF steckt, nicht die gedruckten Seiten.',
    problems: 'Was nicht hält, und wo',
    caveats: 'Was eine Datei nicht zeigen kann',
    drill: (n: number, of: number) => `ÜBUNG: ${n} von ${of} Einträgen gehören zu einer Übung.`,
    rows: [
      'Datei',
      'Schlüssel des Protokolls',
      'Einträge',
      'Gelöscht nach Ablauf der Frist',
      'Prüfpunkte',
      'Ausweise',
      'Inhalte',
      'Zeugen',
    ],
    of: 'von',
    none: 'keine',
    more: (n: number) => `und ${n} weitere`,
  },
  en: {
    other: 'Deutsch',
    title: 'Check a log',
    intro:
      'This page checks a civil defence log of HearthNet. It works on your device. Nothing leaves it, and it needs no network.',
    drop: 'Drag a file here or choose one: .jsonl, or the .pdf that it is in',
    busy: 'Working …',
    damaged: '✗ There is no log inside this PDF, or it is damaged.',
    good: '✓ The log holds.',
    bad: '✗ The log does not hold.',
    printed: 'The file inside the PDF was checked, not the printed pages.',
    problems: 'What does not hold, and where',
    caveats: 'What a file cannot show',
    drill: (n: number, of: number) => `DRILL: ${n} of ${of} entries belong to a drill.`,
    rows: [
      'File',
      'Key of the log',
      'Entries',
      'Deleted after their time',
      'Checkpoints',
      'Certificates',
      'Contents',
      'Witnesses',
    ],
    of: 'of',
    none: 'none',
    more: (n: number) => `and ${n} more`,
  },
} as const

/** Problems shown at most: a file that is something else has one in each line. */
const MOST = 200

let language: Language = navigator.language.startsWith('de') ? 'de' : 'en'
let checked:
  | { readonly name: string; readonly report: StandaloneReport; readonly isPrinted: boolean }
  | 'busy'
  | 'damaged'
  | null = null

/** An element; texts go in as texts, whatever a file says. */
function make(tag: string, className: string, ...children: readonly (Node | string)[]): HTMLElement {
  const element = document.createElement(tag)
  if (className !== '') element.className = className
  element.append(...children)
  return element
}

const list = (items: readonly string[]): HTMLElement => make('ul', '', ...items.map((item) => make('li', '', item)))

/** What a file says is shown with its control characters spelled out: they could turn a line around. */
const plain = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}]/gu, (mark) => `\\u{${(mark.codePointAt(0) ?? 0).toString(16)}}`)

function verdict(name: string, report: StandaloneReport, isPrinted: boolean): HTMLElement[] {
  const words = WORDS[language]
  const { sound, drills, entries, size, problems, caveats } = report
  const values = [
    plain(name),
    plain(report.log) || words.none,
    `${entries} ${words.of} ${size}`,
    String(report.deleted),
    String(report.checkpoints),
    String(report.certificates),
    String(report.records),
    report.witnesses.map(plain).join(' · ') || words.none,
  ]
  const shown = problems.slice(0, MOST).map((problem) => problemText(problem, language))
  if (problems.length > MOST) shown.push(words.more(problems.length - MOST))
  const facts = values.flatMap((value, at) => [make('dt', '', words.rows[at] ?? ''), make('dd', '', value)])
  return [
    make('p', `verdict ${sound ? 'good' : 'bad'}`, sound ? words.good : words.bad),
    ...(drills > 0 ? [make('p', 'drill', words.drill(drills, entries))] : []),
    ...(sound ? [] : [make('h2', '', words.problems), list(shown)]),
    make('dl', '', ...facts),
    make('h2', '', words.caveats),
    list([...(isPrinted ? [words.printed] : []), ...caveats.map((caveat) => CAVEAT_WORDS[caveat][language])]),
  ]
}

async function check(file: File): Promise<void> {
  checked = 'busy'
  draw()
  const { log, isPrinted } = await logIn(new Uint8Array(await file.arrayBuffer()))
  checked = log === null ? 'damaged' : { name: file.name, report: await verifyAuditExport(log), isPrinted }
  draw()
}

function dropZone(): HTMLElement {
  const input = document.createElement('input')
  input.type = 'file'
  input.accept = '.jsonl,.pdf'
  const take = (files: FileList | null | undefined): void => {
    const file = files?.[0]
    if (file) void check(file)
  }
  input.addEventListener('change', () => take(input.files))
  const zone = make('label', 'drop', WORDS[language].drop, input)
  zone.addEventListener('dragover', (event) => {
    event.preventDefault()
    zone.classList.add('over')
  })
  zone.addEventListener('dragleave', () => zone.classList.remove('over'))
  zone.addEventListener('drop', (event) => {
    event.preventDefault()
    take(event.dataTransfer?.files)
  })
  return zone
}

function draw(): void {
  const words = WORDS[language]
  document.documentElement.lang = language
  document.title = words.title
  const other = make('button', '', words.other)
  other.lang = language === 'de' ? 'en' : 'de'
  other.addEventListener('click', () => {
    language = language === 'de' ? 'en' : 'de'
    draw()
  })
  const result = make('section', '')
  result.setAttribute('aria-live', 'polite')
  if (checked === 'busy') result.append(make('p', '', words.busy))
  else if (checked === 'damaged') result.append(make('p', 'verdict bad', words.damaged))
  else if (checked) result.append(...verdict(checked.name, checked.report, checked.isPrinted))
  document
    .querySelector('main')
    ?.replaceChildren(other, make('h1', '', words.title), make('p', '', words.intro), dropZone(), result)
}

draw()
