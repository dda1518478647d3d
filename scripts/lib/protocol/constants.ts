import { readFile } from 'node:fs/promises'
import { exportsOf, sourcesIn } from './load.ts'
import { document, table } from './tables.ts'

const CONSTANT = /\/\*\*((?:(?!\*\/)[\s\S])+)\*\/\nexport const ([A-Z][A-Z0-9_]+)\b/g

interface Constant {
  readonly name: string
  readonly value: string
  readonly module: string
  readonly meaning: string
}

const plainWords = (comment: string): string =>
  comment
    .replaceAll(/^\s*\*\s?/gm, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()

/** A number, a text, or an object of numbers: what has one value in every implementation. */
function shown(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const parts = Object.entries(value)
  return parts.length > 0 && parts.every(([, part]) => typeof part === 'number')
    ? parts.map(([name, part]) => `${name} ${part}`).join(', ')
    : null
}

/** The words from the source, the values from the program. */
async function constantsOf(path: string): Promise<Constant[]> {
  const source = await readFile(path, 'utf8')
  const found = [...source.matchAll(CONSTANT)]
  const exports = found.length > 0 ? await exportsOf(path) : {}
  return found.flatMap(([, comment = '', name = '']) => {
    const value = shown(exports[name])
    return value === null ? [] : [{ name, value, module: path.split('/').at(-2) ?? '', meaning: plainWords(comment) }]
  })
}

async function constants(): Promise<readonly Constant[]> {
  const found = await Promise.all((await sourcesIn('protocol/src')).map(constantsOf))
  const order = ({ module, name }: Constant): string => `${module} ${name}`
  return found.flat().sort((a, b) => (order(a) < order(b) ? -1 : 1))
}

export async function constantsPage(): Promise<string> {
  const rows = (await constants()).map(({ name, value, module, meaning }) => [`\`${name}\``, `\`${value}\``, module, meaning])
  const about = 'Numbers and names that every implementation shares. Sizes are bytes, times are what the name or the text says.'
  return document('Constants', about, table(['Name', 'Value', 'Module', 'Meaning'], rows))
}
