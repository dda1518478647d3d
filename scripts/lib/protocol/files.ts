import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { constantsPage } from './constants.ts'
import { makeExamples, shown } from './examples.ts'
import { filled } from './pages.ts'
import { requirements, requirementsPage } from './requirements.ts'
import { schemaFiles } from './schemas.ts'
import { capabilitiesPage, errorsPage, eventsPage } from './tables.ts'

const GENERATED = 'generated'

/** Files of a folder and those below it, by path from `root`. */
async function filesIn(root: string, folder: string, ending: string): Promise<string[]> {
  const found = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => [])
  return found
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
}

/** The pages that people write, by path under `protocol/`. */
export async function pagesIn(protocol: string): Promise<Map<string, string>> {
  const paths = (await filesIn(protocol, '.', '.md')).filter((path) => !path.startsWith(GENERATED))
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(join(protocol, path), 'utf8')] as const)))
}

/** What lies in `protocol/generated` now. */
export const generatedIn = (protocol: string): Promise<string[]> => filesIn(protocol, GENERATED, '')

/**
 * Everything that is generated, by path under `protocol/`: tables, schemas, the requirement map, and the pages with their examples filled.
 * @param protocol path of `protocol/`
 */
export async function protocolFiles(protocol: string): Promise<Map<string, string>> {
  const examples = await makeExamples()
  const exampleOf = (name: string): string => {
    if (!Object.hasOwn(examples, name)) throw new TypeError(`no example ${name}`)
    return shown(examples[name])
  }
  const pages = new Map([...(await pagesIn(protocol))].map(([path, text]) => [path, filled(text, exampleOf)]))
  const map = await requirements(pages)
  return new Map([
    ...pages,
    [`${GENERATED}/capabilities.md`, capabilitiesPage()],
    [`${GENERATED}/events.md`, eventsPage()],
    [`${GENERATED}/errors.md`, errorsPage()],
    [`${GENERATED}/constants.md`, await constantsPage()],
    [`${GENERATED}/requirements.md`, requirementsPage(map)],
    [`${GENERATED}/requirements.json`, `${JSON.stringify(map, null, 2)}\n`],
    ...[...schemaFiles()].map(([path, text]) => [`${GENERATED}/schemas/${path}`, text] as const),
  ])
}
