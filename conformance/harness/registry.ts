import type { Case } from './case.ts'
import type { Placed } from './run.ts'

// A new section is a new folder below `suites`, a new group of cases a file in it that exports `cases`.
const found = import.meta.glob<readonly Case[]>('../suites/**/*.ts', { eager: true, import: 'cases' })

const sectionOf = (path: string): string => path.replace('../suites/', '').split('/').slice(0, -1).join('/')

function place(): readonly Placed[] {
  const placed = Object.entries(found)
    // a file without `cases` helps others in its folder
    .filter(([, cases]) => cases !== undefined)
    .flatMap(([path, cases]) => cases.map((test): Placed => ({ section: sectionOf(path), test })))
  const ids = new Set<string>()
  for (const { test } of placed) {
    if (ids.has(test.id)) throw new TypeError(`two cases are called ${test.id}`)
    ids.add(test.id)
  }
  return placed
}

/** Every case of the suite, by section. */
export const ALL_CASES: readonly Placed[] = place()

/** Those whose section is, or lies below, one of these; all of them without any. */
export const inSections = (cases: readonly Placed[], sections: readonly string[]): readonly Placed[] =>
  sections.length === 0
    ? cases
    : cases.filter(({ section }) => sections.some((wanted) => section === wanted || section.startsWith(`${wanted}/`)))
