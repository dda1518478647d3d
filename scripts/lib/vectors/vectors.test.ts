import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { isErrorCode } from '#protocol/core/errors.ts'
import { type JsonSchema, mismatches } from '../json-schema.ts'
import { failuresIn } from './check.ts'
import { areas, filesOf, type PlacedFile, placeOf, storedFiles, textOf } from './files.ts'

const found = await areas()
let stored: readonly PlacedFile[] = []
beforeAll(async () => {
  stored = await storedFiles()
})

describe('the vectors', () => {
  it('are what the generator makes from the seed, file for file', async () => {
    const made = (await Promise.all(found.map(filesOf))).flat()
    expect(made.map(({ path }) => path).sort()).toEqual(stored.map(({ path }) => path))
    for (const { path, file } of made) expect(await readFile(placeOf(path), 'utf8'), path).toBe(textOf(file))
  })

  it('match their schema, lie in the folder of their area and have names that are told apart', async () => {
    const schema: JsonSchema = JSON.parse(await readFile(placeOf('schema.json'), 'utf8'))
    for (const { path, file } of stored) {
      expect(mismatches(schema, file), path).toEqual([])
      expect(path.startsWith(`${file.area}/`), path).toBe(true)
      // a lone surrogate cannot even be read in most languages: such a text travels as JSON inside a string, or in hexadecimal
      expect(/(?<!\\)\\u[dD][89a-fA-F]/.test(await readFile(placeOf(path), 'utf8')), path).toBe(false)
      const names = file.vectors.map(({ name }) => name)
      expect([...new Set(names)], path).toEqual(names)
    }
  })

  it('are at least 600, and every area has some that are refused with a code of the protocol', () => {
    const all = stored.flatMap(({ file }) => file.vectors.map((vector) => ({ area: file.area, vector })))
    expect(all.length).toBeGreaterThanOrEqual(600)
    for (const { name } of found) {
      const codes = all.flatMap(({ area, vector }) => (area === name && 'error' in vector ? [vector.error] : []))
      expect(codes.length, name).toBeGreaterThan(0)
      expect(
        codes.filter((code) => !isErrorCode(code)),
        name,
      ).toEqual([])
    }
  })

  it.each(found.map(({ name }) => name))('of %s come out of this implementation as they say', async (name) => {
    expect(await failuresIn(stored.filter(({ file }) => file.area === name))).toEqual([])
  })
})
