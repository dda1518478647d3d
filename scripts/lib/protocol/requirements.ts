import { readFile } from 'node:fs/promises'
import { exportsOf, inRepository, sourcesIn } from './load.ts'
import { rulesOf } from './pages.ts'
import { document, table } from './tables.ts'

/** A case of the suite as far as the map needs it; a rule's cases begin with its id and a dot. */
interface CaseLike {
  readonly id: string
}
const isCase = (value: unknown): value is CaseLike =>
  typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'

/** Ids of all cases. A suite file exports `cases`; whatever else it exports is its own. */
async function caseIds(): Promise<string[]> {
  const suites = await Promise.all((await sourcesIn('conformance/suites')).map(exportsOf))
  return suites
    .flatMap(({ cases }) => (Array.isArray(cases) ? cases.filter(isCase) : []))
    .map(({ id }) => id)
    .sort()
}

/** Why no suite can see a rule, by rule. */
async function notTestable(): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(inRepository('conformance/not-testable.json'), 'utf8').catch(() => '{}')
  const reasons: Readonly<Record<string, string>> = JSON.parse(text)
  return reasons
}

export interface Requirement {
  readonly rule: string
  readonly page: string
  readonly says: string
  readonly cases: readonly string[]
  /** `missing` is a hole in the suite. */
  readonly state: 'tested' | 'not testable' | 'missing'
  readonly reason: string | null
}

/** `EVI-2.1` is a part of `EVI-2`: it is tested where that is, unless it has cases or a reason of its own. */
const parentOf = (rule: string): string => rule.split('.')[0] ?? rule
const firstSentence = (text: string): string => (/^.*?[.:](?= |$)/.exec(text)?.[0] ?? text).slice(0, 160)

/** @param pages text by path under `protocol/` */
export async function requirements(pages: ReadonlyMap<string, string>): Promise<Requirement[]> {
  const [ids, unseen] = await Promise.all([caseIds(), notTestable()])
  return [...pages].flatMap(([page, text]) =>
    rulesOf(text).map(({ id: rule, text: words }) => {
      const cases = ids.filter((id) => id.startsWith(`${parentOf(rule)}.`))
      const reason = unseen[rule] ?? unseen[parentOf(rule)] ?? null
      const state = cases.length > 0 ? ('tested' as const) : reason === null ? ('missing' as const) : ('not testable' as const)
      return { rule, page, says: firstSentence(words), cases, state, reason }
    }),
  )
}

export function requirementsPage(all: readonly Requirement[]): string {
  const count = (state: Requirement['state']): number => all.filter((one) => one.state === state).length
  const rows = all.map(({ rule, page, says, cases, state, reason }) => [
    `\`${rule}\``,
    `[${page}](../${page})`,
    says,
    state === 'tested' ? `${cases.length} cases` : state === 'missing' ? '**no case**' : (reason ?? ''),
  ])
  const about = `${all.length} rules: ${count('tested')} have cases, ${count('not testable')} no suite can see from outside (with the reason), ${count('missing')} lack a case. The cases of each are in [requirements.json](requirements.json).`
  return document('Requirements', about, table(['Rule', 'Page', 'Says', 'Seen by'], rows))
}
