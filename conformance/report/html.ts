import type { CaseResult, FaultRow, Report, UnsignedReport } from '#protocol/protocol/report.ts'
import { PAGE_STYLE } from './page-style.ts'

/** Every word of the page in both languages; the reader's browser chooses, a button changes it. */
const WORDS = {
  title: ['Konformitätsbericht', 'Conformance report'],
  pass: ['Bestanden', 'Passed'],
  partial: ['Teilweise bestanden: nicht alles hält oder wurde geprüft', 'Partly passed: not everything holds or was tested'],
  fail: ['Nicht bestanden: der Kern hält nicht', 'Failed: the core does not hold'],
  skipped: ['Nichts wurde geprüft', 'Nothing was tested'],
  node: ['Geprüfter Knoten', 'Node under test'],
  implementation: ['Umsetzung', 'Implementation'],
  protocol: ['Protokoll', 'Protocol'],
  suite: ['Prüfung', 'Suite'],
  target: ['Weg', 'Target'],
  seed: ['Startwert', 'Seed'],
  when: ['Geprüft', 'Tested'],
  signed: ['Vom geprüften Knoten unterschrieben', 'Signed by the node under test'],
  unsigned: ['Nicht unterschrieben', 'Not signed'],
  sections: ['Bereiche', 'Sections'],
  section: ['Bereich', 'Section'],
  passedCount: ['bestanden', 'passed'],
  failedCount: ['gescheitert', 'failed'],
  skippedCount: ['übersprungen', 'skipped'],
  failures: ['Was nicht stimmt', 'What is wrong'],
  noFailures: ['Nichts: alles, was lief, hat bestanden.', 'Nothing: all that ran has passed.'],
  expected: ['Erwartet', 'Expected'],
  observed: ['Gesehen', 'Observed'],
  reproduce: ['So sieht man es wieder', 'How to see it again'],
  skips: ['Was nicht lief, und warum', 'What did not run, and why'],
  all: ['Alle Prüfungen', 'All cases'],
  faults: ['Die Probe auf die Prüfung', 'The suite, put to the test'],
  faultsAbout: [
    'Ein Knoten mit absichtlich eingebauten Fehlern, einer nach dem anderen: Erkennt die Prüfung jeden? Über den geprüften Knoten sagt das nichts.',
    'A node with mistakes built in on purpose, one after the other: does the suite catch each? This says nothing of the node under test.',
  ],
  fault: ['Fehler', 'Fault'],
  rule: ['Regel', 'Rule'],
  caughtBy: ['Erkannt von', 'Caught by'],
  missed: ['Nicht erkannt', 'Missed'],
  everyFault: ['Alle Fehler', 'All faults'],
} as const
type Word = keyof typeof WORDS

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign)

const word = (name: Word): string => `<span lang="de">${WORDS[name][0]}</span><span lang="en">${WORDS[name][1]}</span>`

const MARKS = { passed: '✓', failed: '✗', skipped: '–' } as const

const fact = (name: Word, value: string): string => `<div><dt>${word(name)}</dt><dd>${value}</dd></div>`

function failure({ id, rule, title, expected = '', observed = '', reproduce = '' }: CaseResult): string {
  return `<article class="failure" id="${escaped(id)}"><h3>✗ ${escaped(title)}</h3><p><code>${escaped(id)}</code> · ${escaped(rule)}</p>
<dl>${fact('expected', escaped(expected))}${fact('observed', `<code>${escaped(observed)}</code>`)}</dl>
<details><summary>${word('reproduce')}</summary><pre>${escaped(reproduce)}</pre></details></article>`
}

function row({ state, id, title }: CaseResult): string {
  const name = word(state === 'passed' ? 'passedCount' : state === 'failed' ? 'failedCount' : 'skippedCount')
  return `<li class="${state}"><span aria-hidden="true">${MARKS[state]}</span> <span class="hidden">${name}: </span>${escaped(title)} <code>${escaped(id)}</code></li>`
}

function reasons(cases: readonly CaseResult[]): string {
  const counts = new Map<string, number>()
  for (const { reason } of cases) if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts].map(([reason, count]) => `<li>${count} × ${escaped(reason)}</li>`).join('')
}

/** Which case catches which built-in fault, those that none catches first (CONF-7). */
function faultsTable(rows: readonly FaultRow[]): string {
  const caught = rows.filter(({ by }) => by !== null)
  const missed = rows.filter(({ by }) => by === null)
  const line = ({ fault, rule, target, by }: FaultRow): string =>
    `<tr><th scope="row"><code>${escaped(fault)}</code></th><td>${escaped(rule)}</td><td><code>${escaped(by ?? '')}</code> · ${escaped(target ?? '')}</td></tr>`
  const miss = ({ fault, rule, reason }: FaultRow): string =>
    `<li><span aria-hidden="true">✗</span> <span class="hidden">${word('missed')}: </span><code>${escaped(fault)}</code> (${escaped(rule)}): ${escaped(reason ?? '')}</li>`
  return `<h2>${word('faults')}</h2><p>${word('faultsAbout')}</p><p><strong>${caught.length} / ${rows.length}</strong></p>
${missed.length === 0 ? '' : `<h3>${word('missed')}</h3><ul>${missed.map(miss).join('\n')}</ul>`}
<details><summary>${word('everyFault')}</summary><div class="scroll"><table class="words"><thead><tr><th>${word('fault')}</th><th>${word('rule')}</th><th>${word('caughtBy')}</th></tr></thead><tbody>
${caught.map(line).join('\n')}
</tbody></table></div></details>`
}

// the reader's language first; without scripts both would show, so German does
const SCRIPT = `const html=document.documentElement,set=(l)=>{html.lang=l;html.dataset.lang=l};
set((navigator.language||'de').startsWith('de')?'de':'en');
document.getElementById('language').addEventListener('click',()=>set(html.lang==='de'?'en':'de'))`

/** A report that a person likes to read: one file, no request to anywhere, on a phone too, light and dark, German or English. */
export function htmlOf({ summary, cases, faults }: Report | UnsignedReport): string {
  const { implementation, sections, overall } = summary
  const failed = cases.filter(({ state }) => state === 'failed')
  const signed = 'signature' in summary
  return `<!doctype html>
<html lang="de" data-lang="de"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>HearthNet · Conformance</title><style>${PAGE_STYLE}</style></head><body>
<header><button id="language" type="button">Deutsch / English</button><h1>${word('title')}</h1></header><main>
<p class="verdict ${overall}"><span aria-hidden="true">${overall === 'pass' ? '✓' : overall === 'fail' ? '✗' : '–'}</span> ${word(overall)}</p>
<dl class="facts">
${fact('implementation', escaped(`${implementation.name} ${implementation.version} (${implementation.vendor})`))}
${fact('node', `<code>${escaped(summary.node_id)}</code>`)}
${fact('protocol', escaped(summary.protocol_version))}
${fact('suite', escaped(summary.suite_version))}
${fact('target', escaped(summary.target))}
${fact('seed', String(summary.seed))}
${fact('when', `<time>${escaped(summary.started_at)}</time>`)}
</dl><p>${word(signed ? 'signed' : 'unsigned')}</p>
<h2>${word('sections')}</h2><div class="scroll"><table><thead><tr><th>${word('section')}</th><th>${word('passedCount')}</th><th>${word('failedCount')}</th><th>${word('skippedCount')}</th></tr></thead><tbody>
${sections.map((each) => `<tr class="${each.failed > 0 ? 'failed' : ''}"><th scope="row"><a href="#section-${escaped(each.section)}">${escaped(each.section)}</a></th><td>${each.passed}</td><td>${each.failed > 0 ? `✗ ${each.failed}` : '0'}</td><td>${each.skipped}</td></tr>`).join('\n')}
</tbody></table></div>
<h2>${word('failures')}</h2>${failed.length === 0 ? `<p>${word('noFailures')}</p>` : failed.map(failure).join('\n')}
<h2>${word('skips')}</h2><ul>${reasons(cases) || '<li>0</li>'}</ul>
<h2>${word('all')}</h2>
${sections
  .map(
    ({ section }) =>
      `<details id="section-${escaped(section)}"><summary>${escaped(section)}</summary><ul class="cases">${cases
        .filter((each) => each.section === section)
        .map(row)
        .join('')}</ul></details>`,
  )
  .join('\n')}
${faults ? faultsTable(faults) : ''}
</main><script>${SCRIPT}</script></body></html>
`
}
