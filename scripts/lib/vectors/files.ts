import { readdir, readFile } from 'node:fs/promises'
import { CONFORMANCE_DEFAULT_SEED } from '#protocol/protocol/constants.ts'
import type { VectorFile, VectorSource } from './format.ts'
import { keysIn } from './seeded.ts'

const SCRIPT = 'scripts/make-vectors.ts'
const HERE = new URL('./', import.meta.url)
const VECTORS = new URL('../../../conformance/vectors/', import.meta.url)

interface Area {
  readonly name: string
  readonly sources: () => Promise<readonly VectorSource[]>
}

/** A file with the path it lies at, below `conformance/vectors/`. */
export interface PlacedFile {
  readonly path: string
  readonly file: VectorFile
}

/** Every area: a folder here whose `vectors.ts` makes its vectors and whose `proof.ts` proves them. A new module adds one. */
export async function areas(): Promise<readonly Area[]> {
  const entries = await readdir(HERE, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return Promise.all(
    names.sort().map(async (name) => {
      const { sources }: Pick<Area, 'sources'> = await import(new URL(`${name}/vectors.ts`, HERE).href)
      return { name, sources }
    }),
  )
}

async function fileOf(area: string, source: VectorSource): Promise<VectorFile> {
  const { name: _, ...said } = source
  return {
    format: 'hearthnet-vectors',
    version: 1,
    area,
    ...said,
    generator: { script: SCRIPT, seed: CONFORMANCE_DEFAULT_SEED },
    keys: await keysIn(JSON.stringify(source.vectors)),
    vectors: source.vectors,
  }
}

/** All files of one area, from the seed. */
export async function filesOf(area: Pick<Area, 'name' | 'sources'>): Promise<readonly PlacedFile[]> {
  const sources = await area.sources()
  return Promise.all(
    sources.map(async (source) => ({ path: `${area.name}/${source.name}.json`, file: await fileOf(area.name, source) })),
  )
}

/** As they lie in the tree. */
export async function storedFiles(): Promise<readonly PlacedFile[]> {
  const entries = await readdir(VECTORS, { recursive: true })
  const paths = entries.filter((path) => path.includes('/') && path.endsWith('.json')).sort()
  return Promise.all(
    paths.map(async (path) => ({ path, file: JSON.parse(await readFile(new URL(path, VECTORS), 'utf8')) as VectorFile })), // held to the schema by a test
  )
}

/** One vector a line: a change of one is a change of one line. */
export function textOf({ vectors, ...head }: VectorFile): string {
  const opening = JSON.stringify(head, null, 2).replace(/\n}$/, ',')
  return `${opening}\n  "vectors": [\n${vectors.map((vector) => `    ${JSON.stringify(vector)}`).join(',\n')}\n  ]\n}\n`
}

export const placeOf = (path: string): URL => new URL(path, VECTORS)
