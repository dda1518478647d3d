import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HearthError } from '#protocol/core/errors.ts'
import type { ModelFolder } from '../model/open-model.ts'
import type { FixtureName } from './fixtures.ts'

export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer> | string>

export function fixtureFiles(name: FixtureName): Map<string, Uint8Array<ArrayBuffer>> {
  const folder = join(import.meta.dirname, '../fixtures', name)
  return new Map(readdirSync(folder).map((file) => [file, new Uint8Array(readFileSync(join(folder, file)))]))
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
