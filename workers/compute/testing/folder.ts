import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { HearthError } from '#protocol/core/errors.ts'
import { DISTRIBUTED_LLM_DEMONSTRATION_MODEL } from '#protocol/distributed-inference/constants.ts'
import type { ModelFolder } from '../model/open-model.ts'
import type { FixtureName } from './fixtures.ts'

export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer> | string>

export function fixtureFiles(name: FixtureName): Map<string, Uint8Array<ArrayBuffer>> {
  return filesOf(join(import.meta.dirname, '../fixtures', name))
}

/** The model that comes with the app, as it lies beside it. */
export const demonstrationFiles = (): Map<string, Uint8Array<ArrayBuffer>> =>
  filesOf(join(import.meta.dirname, '../../../public/models', DISTRIBUTED_LLM_DEMONSTRATION_MODEL))

/** A folder as it lies on the disk, by names relative to it. */
function filesOf(folder: string): Map<string, Uint8Array<ArrayBuffer>> {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile())
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name))
  return new Map(paths.map((path) => [relative(folder, path), new Uint8Array(readFileSync(path))]))
}

export const folderOf = (files: Files, id = 'tiny'): ModelFolder => ({
  id,
  names: [...files.keys()],
  file: async (name) => {
    const content = files.get(name)
    if (content === undefined) throw new HearthError('not_found', `there is no ${name}`)
    return new Blob([content])
  },
})
